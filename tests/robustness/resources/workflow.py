"""Scopes and isolation cases of the simplified workflow."""

from typing import Final

from tests.robustness.resource import Resource, Try
from tests.robustness.tenant_archive import CONDITION, TenantArchive


def _process(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    own = {"prompt_id": mine["prompt_id"]}
    return [
        Try({"prompt_id": theirs["prompt_id"], "index_id": mine["index_id"]}),
        Try(own | {"index_id": theirs["index_id"]}),
        Try(own | {"index_name": f"{theirs.name} index"}),
        Try(own | {"import_job_id": theirs["job_id"]}),
        Try(own | {"video_ids": [theirs["video_id"]]}),
        Try(own | {"video_ids": theirs["video_id"]}),
        Try(own | {"video_ids": [theirs["video_id"]], "index_id": mine["index_id"]}),
    ]


def _workflow_search(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    wanted = {"query": "red", "limit": 50}
    return [
        Try(wanted, statuses=(200,)),
        Try(wanted | {"index_id": theirs["index_id"]}),
        Try(wanted | {"index_name": f"{theirs.name} index"}),
        Try(wanted | {"video_ids": [theirs["video_id"]]}),
        Try(wanted | {"video_ids": [theirs["video_id"]], "index_id": mine["index_id"]}),
        Try(wanted | {"prompt_run_ids": [theirs["run_id"]]}),
        Try(wanted | {"prompt_run_ids": theirs["run_id"], "index_id": mine["index_id"]}),
        Try({"filters": [CONDITION], "index_id": theirs["index_id"]}),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /workflow/upload": "write",
        "POST /workflow/define": "write",
        "POST /workflow/process": "write",
        "POST /workflow/search": "search",
        "GET /workflow/search/page": "search",
    },
    isolation={
        "POST /workflow/define": lambda *_: [Try({"instruction": "List what is seen"}, statuses=(201,))],
        "POST /workflow/upload": lambda theirs, _: [
            Try(form={"index_id": theirs["index_id"]}),
            Try(form={"index_name": f"{theirs.name} second index"}, statuses=(202,)),
        ],
        "POST /workflow/process": _process,
        "POST /workflow/search": _workflow_search,
        "GET /workflow/search/page": lambda theirs, _: [
            Try(query={"cursor": theirs.search_cursor}, statuses=(400,))
        ],
    },
)
