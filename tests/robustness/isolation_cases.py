"""Requests of one tenant that name what belongs to another, by route."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.robustness.tenant_archive import CONDITION, TenantArchive

PARAMETER: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Try:
    """A request that names something of ``theirs``. ``statuses`` are the answers that are right."""

    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None
    path: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (404,)


Tries = Callable[[TenantArchive, TenantArchive], list[Try]]
"""Of (theirs, mine)."""

NAMES_NOTHING: Final = {
    "GET /health": "public, and without any data",
    "GET /media/{file_name}": "the token is the credential and is bound to one file; see its own test",
    "PUT /upload-parts": "the token is the credential and is bound to one part of one upload",
    "GET /api/v2/auth/validate": "no answer but a status",
    "POST /api/v2/auth/processing-activity": "looks nothing up",
    "POST /api/v2/prompts/test-schema": "looks nothing up",
    "POST /api/v2/prompts/generate": "looks nothing up",
}
"""Routes that name no resource, each with the reason."""


def _by_path(_theirs: TenantArchive, _mine: TenantArchive) -> list[Try]:
    return [Try()]


def _execute(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    targets = [
        {"type": "index", "index_id": theirs["index_id"]},
        {"type": "videos", "video_ids": [theirs["video_id"]]},
        {"type": "videos", "video_ids": [mine["video_id"], theirs["video_id"]]},
        {"type": "videos", "video_ids": [mine["video_id"]], "index_id": theirs["index_id"]},
        {"type": "videos", "video_ids": [theirs["video_id"]], "index_id": mine["index_id"]},
    ]
    own = {"type": "index", "index_id": mine["index_id"]}
    return [
        Try({"prompt_id": theirs["prompt_id"], "target": own}),
        *(Try({"prompt_id": mine["prompt_id"], "target": target}) for target in targets),
    ]


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


def _batch(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    return [
        Try({"video_ids": [theirs["video_id"]]}),
        Try({"video_ids": [mine["video_id"], theirs["video_id"]]}),
    ]


def _batch_segments(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    return [
        *_batch(theirs, mine),
        Try({"targets": [{"video_id": theirs["video_id"]}]}),
        Try({"targets": [{"video_id": mine["video_id"], "run_id": theirs["run_id"]}]}),
        Try({"targets": [{"video_id": theirs["video_id"], "run_id": mine["run_id"]}]}),
    ]


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


_PICTURE: Final = object()


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


def _paged(route: str, *other: Try) -> Tries:
    """A foreign place is not found; a foreign cursor is none of ours, also in a place of our own."""

    def tries(theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
        cursor, query = theirs.cursors[route]
        _, own_query = mine.cursors[route]
        own_path = {name: mine[name] for name in PARAMETER.findall(route)}
        foreign_place = [] if not own_path else [Try(query=query), Try(query=own_query)]
        own_place = Try(query=own_query | {"cursor": cursor}, path=own_path, statuses=(400,))
        return [*foreign_place, own_place, *other]

    return tries


def _manifest(_theirs: TenantArchive, mine: TenantArchive) -> list[Try]:
    return [Try(), Try(query={"cursor": "AAAA"}, path={"job_id": mine["job_id"]}, statuses=(400,))]


CASES: Final[dict[str, Tries]] = {
    "POST /indexes": lambda *_: [Try({"name": "Mine"}, statuses=(201,))],
    "GET /indexes": lambda *_: [Try(statuses=(200,))],
    "GET /indexes/{index_id}": _by_path,
    "DELETE /indexes/{index_id}": _by_path,
    "GET /indexes/{index_id}/deletion": lambda theirs, _: [
        Try(),
        Try(path={"index_id": theirs.deleted_index_id}),
    ],
    "GET /indexes/{index_id}/videos": _paged("/indexes/{index_id}/videos"),
    "GET /indexes/{index_id}/prompt-runs": _paged("/indexes/{index_id}/prompt-runs"),
    "POST /videos": lambda theirs, _: [
        Try({"title": "A", "video_uri": "https://example.com/a.mp4", "index_id": theirs["index_id"]})
    ],
    "POST /videos/upload": lambda theirs, _: [Try(form={"title": "A", "index_id": theirs["index_id"]})],
    "GET /videos/{video_id}": _by_path,
    "DELETE /videos/{video_id}": _by_path,
    "GET /videos/{video_id}/deletion": lambda theirs, _: [
        Try(),
        Try(path={"video_id": theirs.deleted_video_id}),
    ],
    "POST /videos/{video_id}/process": lambda theirs, mine: [
        Try(),
        Try(query={"prompt_id": mine["prompt_id"]}),
        Try(query={"prompt_id": theirs["prompt_id"]}, path={"video_id": mine["video_id"]}),
    ],
    "GET /videos/{video_id}/segments": lambda theirs, mine: [
        *_paged("/videos/{video_id}/segments")(theirs, mine),
        Try(query={"run_id": theirs["run_id"]}, path={"video_id": mine["video_id"]}),
    ],
    "GET /videos/{video_id}/prompt-runs": _by_path,
    "GET /videos/{video_id}/gif": _by_path,
    "GET /videos/segments/{segment_id}/thumbnail": _by_path,
    "POST /videos/batch": _batch,
    "POST /videos/batch/status": _batch,
    "POST /videos/batch/segments": _batch_segments,
    "POST /videos/signed-url": lambda theirs, _: [Try({"gcs_uri": uri}) for uri in theirs.uris],
    "GET /playground/videos": lambda theirs, mine: [
        *_paged("/playground/videos")(theirs, mine),
        Try(statuses=(200,)),
    ],
    "POST /playground/search": lambda theirs, _: [
        Try({"query": "red"}, statuses=(200,)),
        Try({"query": "red"}, query={"run_id": theirs.playground_run_id}),
    ],
    "GET /import-jobs": lambda theirs, _: [
        Try(statuses=(200,)),
        Try(query={"index_id": theirs["index_id"]}, statuses=(200,)),
    ],
    "GET /import-jobs/{job_id}": _by_path,
    "GET /import-jobs/{job_id}/outputs": _manifest,
    "GET /import-jobs/{job_id}/files": _manifest,
    "POST /uploads": lambda theirs, _: [
        Try(
            {
                "file_name": "a.mp4",
                "content_type": "video/mp4",
                "size_bytes": 10,
                "index_id": theirs["index_id"],
            }
        )
    ],
    "GET /uploads/{upload_id}": _by_path,
    "POST /uploads/{upload_id}/complete": _by_path,
    "DELETE /uploads/{upload_id}": _by_path,
    "POST /prompts": lambda *_: [
        Try(
            {
                "name": "Mine",
                "prompt_text": "Name what is seen",
                "json_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
            },
            statuses=(201,),
        )
    ],
    "GET /prompts": lambda *_: [Try(query={"active_only": "false"}, statuses=(200,))],
    "GET /prompts/{prompt_id}": _by_path,
    "PUT /prompts/{prompt_id}": lambda *_: [Try({"name": "Taken over"})],
    "DELETE /prompts/{prompt_id}": lambda *_: [Try(), Try(query={"force": "true"})],
    "GET /prompts/{prompt_id}/usage": _by_path,
    "POST /prompt-runs/execute": _execute,
    "POST /prompt-runs/estimate": _execute,
    "GET /prompt-runs": lambda *_: [Try(statuses=(200,))],
    "GET /prompt-runs/{run_id}": _by_path,
    "POST /prompt-runs/{run_id}/cancel": _by_path,
    "GET /prompt-runs/{run_id}/results": lambda theirs, mine: [
        *_paged("/prompt-runs/{run_id}/results")(theirs, mine),
        Try(query={"video_id": theirs["video_id"]}, path={"run_id": mine["run_id"]}),
    ],
    "GET /prompt-runs/{run_id}/llm-calls": _by_path,
    "GET /prompt-runs/{run_id}/failed-segments": _by_path,
    "GET /prompt-runs/{run_id}/videos/{video_id}/video-result": _by_path,
    "POST /prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retry": _by_path,
    "GET /prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retries/{retry_id}": _by_path,
    "POST /indexes/{index_id}/search": _scoped(query="red"),
    "POST /indexes/{index_id}/image-search": _scoped(image_data=_PICTURE),
    "POST /indexes/{index_id}/multimodal-search": _scoped(text_query="red", image_data=_PICTURE),
    "POST /search/filter/{index_id}": _filter,
    "POST /search/filter/playground": _filter_playground,
    "POST /search/multi-run": _multi_run,
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
}
"""By route; what a path leaves open is named with their ids, and with every mixture that has one."""
