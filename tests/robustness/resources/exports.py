"""Scopes and isolation cases of exports. The archives export a run themselves."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, by_path
from tests.robustness.tenant_archive import TenantArchive


def _of_index(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    """Name their index, their run and their connector."""
    in_mine = {"index_id": mine["index_id"]}
    return [
        Attempt({}),
        Attempt({"prompt_run_ids": [theirs["run_id"]]}, path=in_mine),
        Attempt({"prompt_run_ids": [mine["run_id"], theirs["run_id"]]}, path=in_mine),
        Attempt({"destination_connector_id": theirs["export_connector_id"]}, path=in_mine),
    ]


def _of_run(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    connector = {"destination_connector_id": theirs["export_connector_id"]}
    return [Attempt({}), Attempt(connector, path={"run_id": mine["run_id"]})]


RESOURCE: Final = Resource(
    scopes={
        "POST /exports/index/{index_id}": "write",
        "POST /exports/prompt-run/{run_id}": "write",
        "GET /exports": "read",
        "GET /exports/{export_id}": "read",
        "POST /exports/{export_id}/download-url": "read",
        "GET /exports/{export_id}/download": "read",
    },
    isolation={
        "POST /exports/index/{index_id}": _of_index,
        "POST /exports/prompt-run/{run_id}": _of_run,
        "GET /exports": lambda *_: [Attempt(statuses=(200,))],
        "GET /exports/{export_id}": by_path,
        "POST /exports/{export_id}/download-url": by_path,
        "GET /exports/{export_id}/download": by_path,
    },
)
