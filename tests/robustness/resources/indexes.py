"""Scopes and isolation cases of indexes."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, by_path, paged

RESOURCE: Final = Resource(
    scopes={
        "POST /indexes": "write",
        "GET /indexes": "search",
        "GET /indexes/{index_id}": "search",
        "DELETE /indexes/{index_id}": "admin",
        "GET /indexes/{index_id}/deletion": "read",
        "GET /indexes/{index_id}/videos": "read",
        "GET /indexes/{index_id}/prompt-runs": "read",
    },
    isolation={
        "POST /indexes": lambda *_: [Attempt({"name": "Mine"}, statuses=(201,))],
        "GET /indexes": lambda *_: [Attempt(statuses=(200,))],
        "GET /indexes/{index_id}": by_path,
        "DELETE /indexes/{index_id}": by_path,
        "GET /indexes/{index_id}/deletion": lambda theirs, _: [
            Attempt(),
            Attempt(path={"index_id": theirs.deleted_index_id}),
        ],
        "GET /indexes/{index_id}/videos": paged("/indexes/{index_id}/videos"),
        "GET /indexes/{index_id}/prompt-runs": paged("/indexes/{index_id}/prompt-runs"),
    },
)
