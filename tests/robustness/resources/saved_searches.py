"""Scopes and isolation cases of saved searches."""

from typing import Any, Final

from tests.robustness.resource import Attempt, Post, Resource, by_path
from tests.robustness.tenant_archive import TenantArchive

_CONDITION: Final = {"field": "summary", "operator": "contains", "value": "red", "type": "string"}
_SEARCH: Final[dict[str, Any]] = {"name": "Red things", "conditions": [_CONDITION]}


def _make(post: Post) -> dict[str, str]:
    made = post("/saved-searches", **_SEARCH, playground=True)
    return {"saved_search_id": made["saved_search_id"]}


def _creations(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    foreign = ([theirs["index_id"]], [mine["index_id"], theirs["index_id"]])
    return [
        Attempt(_SEARCH | {"playground": True}, statuses=(201,)),
        *(Attempt(_SEARCH | {"index_ids": index_ids}) for index_ids in foreign),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /saved-searches": "write",
        "GET /saved-searches": "read",
        "GET /saved-searches/{saved_search_id}": "read",
        "PATCH /saved-searches/{saved_search_id}": "write",
        "DELETE /saved-searches/{saved_search_id}": "admin",
        "GET /saved-searches/{saved_search_id}/matches": "read",
        "POST /saved-searches/{saved_search_id}/test": "read",
    },
    isolation={
        "POST /saved-searches": _creations,
        "GET /saved-searches": lambda *_: [Attempt(statuses=(200,))],
        "GET /saved-searches/{saved_search_id}": by_path,
        "PATCH /saved-searches/{saved_search_id}": lambda theirs, mine: [
            Attempt({"name": "Taken over"}),
            Attempt({"index_ids": [theirs["index_id"]]}, path={"saved_search_id": mine["saved_search_id"]}),
        ],
        "DELETE /saved-searches/{saved_search_id}": by_path,
        "GET /saved-searches/{saved_search_id}/matches": by_path,
        "POST /saved-searches/{saved_search_id}/test": by_path,
    },
    make=_make,
)
