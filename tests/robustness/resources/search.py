"""Scopes and isolation cases of search."""

from typing import Any, Final

from tests.robustness.resource import Attempt, MakeAttempts, Resource
from tests.robustness.tenant_archive import CONDITION, TenantArchive

_PICTURE: Final = object()
"""Stands for the picture of the tenant whose resources are named."""


def _scoped(**body: Any) -> MakeAttempts:
    def attempts(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
        own_path = {"index_id": mine["index_id"]}
        ready = {name: theirs.picture_base64 if value is _PICTURE else value for name, value in body.items()}
        return [
            Attempt(ready),
            Attempt(ready | {"index_ids": [theirs["index_id"]]}, path=own_path),
            Attempt(ready | {"index_ids": [mine["index_id"], theirs["index_id"]]}, path=own_path),
            Attempt(ready | {"run_ids": [theirs["run_id"]]}, path=own_path),
            Attempt(ready | {"run_ids": [mine["run_id"], theirs["run_id"]]}, path=own_path),
        ]

    return attempts


def _filter(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    body = {"conditions": [CONDITION], "page_size": 1}
    cursor = {"cursor": theirs.filter_cursor}
    return [
        *_scoped(**body)(theirs, mine),
        Attempt(body | cursor),
        Attempt(body | cursor, path={"index_id": mine["index_id"]}, statuses=(400,)),
    ]


def _filter_playground(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    body = {"conditions": [CONDITION]}
    return [
        Attempt(body, statuses=(200,)),
        Attempt(body | {"run_ids": [theirs.playground_run_id]}),
        Attempt(body | {"index_ids": [theirs["index_id"]]}),
        Attempt(body | {"cursor": theirs.filter_cursor}, statuses=(400,)),
    ]


def _multi_run(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    return [
        Attempt({"query": "red", "run_ids": [theirs["run_id"]]}),
        Attempt({"query": "red", "run_ids": [mine["run_id"], theirs["run_id"]]}),
        Attempt({"query": "red", "index_id": theirs["index_id"]}),
        Attempt({"query": "red", "run_ids": [theirs["run_id"]], "index_id": mine["index_id"]}),
    ]


_OF_FIELD: Final = {"field": "summary", "type": "string"}


def _values(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    return [Attempt(query=_OF_FIELD | attempt.query, path=attempt.path) for attempt in _fields(theirs, mine)]


def _fields(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    own_path = {"index_id": mine["index_id"]}
    return [
        Attempt(),
        Attempt(query={"run_id": theirs["run_id"]}, path=own_path),
        Attempt(query={"index_id": theirs["index_id"]}, path=own_path),
    ]


RESOURCE: Final = Resource(
    scopes={
        "GET /search/fields/{index_id}": "search",
        "GET /search/fields/{index_id}/values": "search",
        "GET /search/fields/playground": "search",
        "GET /search/fields/playground/values": "search",
        "POST /indexes/{index_id}/image-search": "search",
        "POST /indexes/{index_id}/multimodal-search": "search",
        "POST /indexes/{index_id}/search": "search",
        "POST /search/filter/{index_id}": "search",
        "POST /search/filter/playground": "search",
        "POST /search/multi-run": "search",
        "POST /playground/search": "search",
    },
    isolation={
        "GET /search/fields/{index_id}": _fields,
        "GET /search/fields/playground": lambda theirs, _: [
            Attempt(statuses=(200,)),
            Attempt(query={"run_id": theirs.playground_run_id}),
        ],
        "GET /search/fields/{index_id}/values": _values,
        "GET /search/fields/playground/values": lambda theirs, _: [
            Attempt(query=_OF_FIELD, statuses=(200,)),
            Attempt(query=_OF_FIELD | {"run_id": theirs.playground_run_id}),
        ],
        "POST /indexes/{index_id}/image-search": _scoped(image_data=_PICTURE),
        "POST /indexes/{index_id}/multimodal-search": _scoped(text_query="red", image_data=_PICTURE),
        "POST /playground/search": lambda theirs, _: [
            Attempt({"query": "red"}, statuses=(200,)),
            Attempt({"query": "red"}, query={"run_id": theirs.playground_run_id}),
        ],
        "POST /indexes/{index_id}/search": _scoped(query="red"),
        "POST /search/filter/{index_id}": _filter,
        "POST /search/filter/playground": _filter_playground,
        "POST /search/multi-run": _multi_run,
    },
)
