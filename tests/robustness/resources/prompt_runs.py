"""Scopes and isolation cases of prompt runs."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, by_path, paged
from tests.robustness.tenant_archive import TenantArchive


def _execute(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    targets = [
        {"type": "index", "index_id": theirs["index_id"]},
        {"type": "videos", "video_ids": [theirs["video_id"]]},
        {"type": "videos", "video_ids": [mine["video_id"], theirs["video_id"]]},
        {"type": "videos", "video_ids": [mine["video_id"]], "index_id": theirs["index_id"]},
        {"type": "videos", "video_ids": [theirs["video_id"]], "index_id": mine["index_id"]},
    ]
    own = {"type": "index", "index_id": mine["index_id"]}
    return [
        Attempt({"prompt_id": theirs["prompt_id"], "target": own}),
        *(Attempt({"prompt_id": mine["prompt_id"], "target": target}) for target in targets),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /prompt-runs/execute": "write",
        "POST /prompt-runs/estimate": "read",
        "GET /prompt-runs": "read",
        "GET /prompt-runs/{run_id}": "read",
        "POST /prompt-runs/{run_id}/cancel": "write",
        "GET /prompt-runs/{run_id}/results": "read",
        "GET /prompt-runs/{run_id}/llm-calls": "read",
        "GET /prompt-runs/{run_id}/videos/{video_id}/video-result": "read",
        "GET /prompt-runs/{run_id}/failed-segments": "read",
        "POST /prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retry": "write",
        "GET /prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retries/{retry_id}": "read",
    },
    isolation={
        "POST /prompt-runs/execute": _execute,
        "POST /prompt-runs/estimate": _execute,
        "GET /prompt-runs": lambda *_: [Attempt(statuses=(200,))],
        "GET /prompt-runs/{run_id}": by_path,
        "POST /prompt-runs/{run_id}/cancel": by_path,
        "GET /prompt-runs/{run_id}/results": lambda theirs, mine: [
            *paged("/prompt-runs/{run_id}/results")(theirs, mine),
            Attempt(query={"video_id": theirs["video_id"]}, path={"run_id": mine["run_id"]}),
        ],
        "GET /prompt-runs/{run_id}/llm-calls": by_path,
        "GET /prompt-runs/{run_id}/failed-segments": by_path,
        "GET /prompt-runs/{run_id}/videos/{video_id}/video-result": by_path,
        "POST /prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retry": by_path,
        "GET /prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retries/{retry_id}": by_path,
    },
)
