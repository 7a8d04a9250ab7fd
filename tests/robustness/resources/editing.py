"""Scopes and isolation cases of transcripts, cut lists and clips."""

from typing import Any, Final

from tests.robustness.resource import Attempt, Resource, by_path
from tests.robustness.tenant_archive import TenantArchive

_SPAN: Final = {"start_seconds": 1.0, "end_seconds": 2.0}


def _parts(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"format": "edl", "source": {"type": "segments", "segments": list(parts)}}


def _cut_lists(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    own = {"video_id": mine["video_id"], **_SPAN}
    run = {"type": "run", "run_id": mine["run_id"]}
    return [
        Attempt(_parts({"video_id": theirs["video_id"], **_SPAN})),
        Attempt(_parts(own, {"video_id": theirs["video_id"], "segment_id": theirs["segment_id"]})),
        Attempt(_parts({"video_id": mine["video_id"], "segment_id": theirs["segment_id"]})),
        Attempt({"format": "csv", "source": run | {"run_id": theirs["run_id"]}}),
        Attempt({"format": "csv", "source": run | {"video_ids": [theirs["video_id"]]}}),
        Attempt({"format": "csv", "source": {"type": "markers", "index_id": theirs["index_id"]}}),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /videos/cut-list": "read",
        "GET /videos/{video_id}/transcript": "read",
        "POST /videos/{video_id}/clips": "write",
        "GET /videos/{video_id}/clips": "read",
        "GET /videos/{video_id}/clips/{clip_id}": "read",
        "DELETE /videos/{video_id}/clips/{clip_id}": "admin",
    },
    isolation={
        "POST /videos/cut-list": _cut_lists,
        "GET /videos/{video_id}/transcript": by_path,
        "POST /videos/{video_id}/clips": lambda theirs, mine: [
            Attempt(_SPAN),
            Attempt({"segment_id": theirs["segment_id"]}),
            Attempt({"segment_id": theirs["segment_id"]}, path={"video_id": mine["video_id"]}),
        ],
        "GET /videos/{video_id}/clips": by_path,
        "GET /videos/{video_id}/clips/{clip_id}": by_path,
        "DELETE /videos/{video_id}/clips/{clip_id}": by_path,
    },
)
