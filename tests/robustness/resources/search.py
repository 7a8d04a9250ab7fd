"""Scopes and isolation cases of search."""

from typing import Any, Final

from tests.robustness.resource import Resource, Tries, Try
from tests.robustness.tenant_archive import CONDITION, TenantArchive

_PICTURE: Final = object()
"""Stands for the picture of the tenant whose resources are named."""


def _scoped(**body: Any) -> Tries:
    def tries(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
        own_path = {"index_id": mine["index_id"]}
        ready = {name: theirs.picture_base64 if value is _PICTURE else value for name, value in body.items()}
        return [
            Try(ready),
            Try(ready | {"index_ids": [theirs["index_id"]]}, path=own_path),
            Try(ready | {"index_ids": [mine["index_id"], theirs["index_id"]]}, path=own_path),
            Try(ready | {"run_ids": [theirs["run_id"]]}, path=own_path),
            Try(ready | {"run_ids": [mine["run_id"], theirs["run_id"]]}, path=own_path),
        ]

    return tries


def _filter(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    body = {"conditions": [CONDITION], "page_size": 1}
    cursor = {"cursor": theirs.filter_cursor}
    return [
        *_scoped(**body)(theirs, mine),
        Try(body | cursor),
        Try(body | cursor, path={"index_id": mine["index_id"]}, statuses=(400,)),
    ]


def _filter_playground(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    body = {"conditions": [CONDITION]}
    return [
        Try(body, statuses=(200,)),
        Try(body | {"run_ids": [theirs.playground_run_id]}),
        Try(body | {"index_ids": [theirs["index_id"]]}),
        Try(body | {"cursor": theirs.filter_cursor}, statuses=(400,)),
    ]


def _multi_run(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    return [
        Try({"query": "red", "run_ids": [theirs["run_id"]]}),
        Try({"query": "red", "run_ids": [mine["run_id"], theirs["run_id"]]}),
        Try({"query": "red", "index_id": theirs["index_id"]}),
        Try({"query": "red", "run_ids": [theirs["run_id"]], "index_id": mine["index_id"]}),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /indexes/{index_id}/image-search": "search",
        "POST /indexes/{index_id}/multimodal-search": "search",
        "POST /indexes/{index_id}/search": "search",
        "POST /search/filter/{index_id}": "search",
        "POST /search/filter/playground": "search",
        "POST /search/multi-run": "search",
        "POST /playground/search": "search",
    },
    isolation={
        "POST /indexes/{index_id}/image-search": _scoped(image_data=_PICTURE),
        "POST /indexes/{index_id}/multimodal-search": _scoped(text_query="red", image_data=_PICTURE),
        "POST /playground/search": lambda theirs, _: [
            Try({"query": "red"}, statuses=(200,)),
            Try({"query": "red"}, query={"run_id": theirs.playground_run_id}),
        ],
        "POST /indexes/{index_id}/search": _scoped(query="red"),
        "POST /search/filter/{index_id}": _filter,
        "POST /search/filter/playground": _filter_playground,
        "POST /search/multi-run": _multi_run,
    },
)
