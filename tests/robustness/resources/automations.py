"""Scopes and isolation cases of automations. The archives save an automation of each kind."""

from collections.abc import Mapping
from typing import Any, Final

from tests.robustness.resource import Attempt, MakeAttempts, Resource, by_path
from tests.robustness.tenant_archive import TenantArchive

_IMPORT: Final = "/indexes/{index_id}/automations/import"
_EXPORT: Final = "/indexes/{index_id}/automations/export"


def _imports(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    """Name their index, their connector and their prompt."""
    own: Mapping[str, Any] = {"connector_id": mine["connector_id"]}
    in_mine = {"index_id": mine["index_id"]}
    return [
        Attempt(dict(own)),
        Attempt({"connector_id": theirs["connector_id"]}, path=in_mine),
        Attempt({**own, "prompt_preset": {"prompt_id": theirs["prompt_id"]}}, path=in_mine),
    ]


def _exports(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    own, foreign = (
        {"destination_connector_id": archive["export_connector_id"]} for archive in (mine, theirs)
    )
    return [Attempt(own), Attempt(foreign, path={"index_id": mine["index_id"]})]


_ISOLATION: Final[dict[str, MakeAttempts]] = {
    "GET /automations": lambda *_: [Attempt(statuses=(200,))],
    f"DELETE {_IMPORT}": by_path,
    f"DELETE {_EXPORT}": by_path,
    f"GET {_IMPORT}": by_path,
    f"PUT {_IMPORT}": _imports,
    f"POST {_IMPORT}/pause": by_path,
    f"POST {_IMPORT}/resume": by_path,
    f"GET {_EXPORT}": by_path,
    f"PUT {_EXPORT}": _exports,
    f"POST {_EXPORT}/pause": by_path,
    f"POST {_EXPORT}/resume": by_path,
}
_SCOPES: Final = {"GET": "read", "DELETE": "admin"}

RESOURCE: Final = Resource(
    scopes={route: _SCOPES.get(route.split()[0], "write") for route in _ISOLATION},
    isolation=_ISOLATION,
)
