"""Scopes and isolation cases of the simplified workflow."""

from typing import Final

from tests.robustness.resource import Attempt, Resource
from tests.robustness.tenant_archive import CONDITION, TenantArchive

_FILE: Final = {"download_url": "https://example.com/a.png", "file_id": "a"}


def _process(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    own = {"prompt_id": mine["prompt_id"]}
    return [
        Attempt({"prompt_id": theirs["prompt_id"], "index_id": mine["index_id"]}),
        Attempt(own | {"index_id": theirs["index_id"]}),
        Attempt(own | {"index_name": f"{theirs.name} index"}),
        Attempt(own | {"import_job_id": theirs["job_id"]}),
        Attempt(own | {"video_ids": [theirs["video_id"]]}),
        Attempt(own | {"video_ids": theirs["video_id"]}),
        Attempt(own | {"video_ids": [theirs["video_id"]], "index_id": mine["index_id"]}),
    ]


def _workflow_search(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    wanted = {"query": "red", "limit": 50}
    return [
        Attempt(wanted, statuses=(200,)),
        Attempt(wanted | {"index_id": theirs["index_id"]}),
        Attempt(wanted | {"index_name": f"{theirs.name} index"}),
        Attempt(wanted | {"video_ids": [theirs["video_id"]]}),
        Attempt(wanted | {"video_ids": [theirs["video_id"]], "index_id": mine["index_id"]}),
        Attempt(wanted | {"prompt_run_ids": [theirs["run_id"]]}),
        Attempt(wanted | {"prompt_run_ids": theirs["run_id"], "index_id": mine["index_id"]}),
        Attempt({"filters": [CONDITION], "index_id": theirs["index_id"]}),
    ]


def _run_results(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    own = {"run_id": mine["run_id"]}
    return [
        Attempt(),
        Attempt(query={"video_id": theirs["video_id"]}, path=own),
        Attempt(query={"unfiltered_cursor": theirs.run_results_cursor}, path=own, statuses=(400,)),
    ]


def _media_grants(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    own = {"video_id": mine["video_id"], "intent": "download"}
    return [
        Attempt(own | {"video_id": theirs["video_id"]}),
        Attempt(own | {"run_id": theirs["run_id"]}),
        Attempt(own | {"segment_id": theirs["segment_id"]}),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /workflow/upload": "write",
        "POST /workflow/attachments": "write",
        "POST /workflow/define": "write",
        "POST /workflow/process": "write",
        "POST /workflow/search": "search",
        "GET /workflow/search/page": "search",
        "GET /workflow/runs/{run_id}/results": "read",
        "POST /workflow/media-grants": "read",
    },
    isolation={
        "POST /workflow/define": lambda *_: [Attempt({"instruction": "List what is seen"}, statuses=(201,))],
        "POST /workflow/upload": lambda theirs, _: [
            Attempt(form={"index_id": theirs["index_id"]}),
            Attempt(form={"index_name": f"{theirs.name} second index"}, statuses=(202,)),
        ],
        "POST /workflow/attachments": lambda theirs, _: [
            Attempt({"files": [_FILE], "index_id": theirs["index_id"]}),
        ],
        "POST /workflow/process": _process,
        "POST /workflow/search": _workflow_search,
        "GET /workflow/search/page": lambda theirs, _: [
            Attempt(query={"cursor": theirs.search_cursor}, statuses=(400,))
        ],
        "GET /workflow/runs/{run_id}/results": _run_results,
        "POST /workflow/media-grants": _media_grants,
    },
)
