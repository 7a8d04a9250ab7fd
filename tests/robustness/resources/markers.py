"""Scopes and isolation cases of markers. The archives put a marker on a target of each type."""

from typing import Any, Final

from tests.robustness.resource import Attempt, Resource, by_path, paged
from tests.robustness.tenant_archive import TenantArchive


def _body(target_type: str, target_id: str, **more: str) -> dict[str, Any]:
    return {"target": {"type": target_type, "id": target_id, **more}, "color": "blue"}


def _puts(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    """Name their targets, and results that are theirs in part."""
    results = [
        f"segment:{theirs['segment_id']}:{theirs['run_id']}",
        f"segment:{mine['segment_id']}:{theirs['run_id']}",
        f"segment:{theirs['segment_id']}:{mine['run_id']}",
        f"video:{theirs['video_id']}:{theirs['run_id']}",
        f"video:{mine['video_id']}:{theirs['run_id']}",
    ]
    return [
        Attempt(_body("video", theirs["video_id"])),
        Attempt(_body("segment", theirs["segment_id"])),
        Attempt(_body("segment", theirs["segment_id"], field_path="words")),
        Attempt(_body("prompt_run", theirs["run_id"])),
        *(Attempt(_body("result", result_id)) for result_id in results),
    ]


_FOREIGN_TARGETS: Final = (("video_id", "video_id"), ("target_id", "segment_id"), ("target_id", "run_id"))


def _lists(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    named = [
        Attempt(query={name: theirs[parameter]}, statuses=(200,)) for name, parameter in _FOREIGN_TARGETS
    ]
    return [*paged("/markers")(theirs, mine), Attempt(statuses=(200,)), *named]


RESOURCE: Final = Resource(
    scopes={
        "GET /markers": "read",
        "PUT /markers": "write",
        "DELETE /markers/{marker_id}": "write",
    },
    isolation={
        "GET /markers": _lists,
        "PUT /markers": _puts,
        "DELETE /markers/{marker_id}": by_path,
    },
)
