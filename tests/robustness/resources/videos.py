"""Scopes and isolation cases of media."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, by_path, paged
from tests.robustness.tenant_archive import TenantArchive


def _batch(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    return [
        Attempt({"video_ids": [theirs["video_id"]]}),
        Attempt({"video_ids": [mine["video_id"], theirs["video_id"]]}),
    ]


def _batch_segments(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    return [
        *_batch(theirs, mine),
        Attempt({"targets": [{"video_id": theirs["video_id"]}]}),
        Attempt({"targets": [{"video_id": mine["video_id"], "run_id": theirs["run_id"]}]}),
        Attempt({"targets": [{"video_id": theirs["video_id"], "run_id": mine["run_id"]}]}),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /videos": "write",
        "POST /videos/upload": "write",
        "GET /videos/{video_id}": "read",
        "DELETE /videos/{video_id}": "admin",
        "GET /videos/{video_id}/deletion": "read",
        "POST /videos/{video_id}/process": "write",
        "GET /videos/{video_id}/segments": "read",
        "GET /videos/{video_id}/prompt-runs": "read",
        "POST /videos/batch": "read",
        "POST /videos/batch/status": "read",
        "POST /videos/batch/segments": "read",
        "POST /videos/signed-url": "read",
        "GET /videos/{video_id}/gif": "read",
        "GET /videos/{video_id}/thumbnail": "read",
        "GET /videos/{video_id}/timeline": "read",
        "GET /videos/segments/{segment_id}/thumbnail": "read",
    },
    isolation={
        "POST /videos": lambda theirs, _: [
            Attempt({"title": "A", "video_uri": "https://example.com/a.mp4", "index_id": theirs["index_id"]}),
            Attempt(
                {
                    "title": "A",
                    "video_uri": "s3://films-of-the-tests/a.mp4",
                    "source_connector_id": theirs["connector_id"],
                }
            ),
        ],
        "POST /videos/upload": lambda theirs, _: [
            Attempt(form={"title": "A", "index_id": theirs["index_id"]})
        ],
        "GET /videos/{video_id}": by_path,
        "DELETE /videos/{video_id}": by_path,
        "GET /videos/{video_id}/deletion": lambda theirs, _: [
            Attempt(),
            Attempt(path={"video_id": theirs.deleted_video_id}),
        ],
        "POST /videos/{video_id}/process": lambda theirs, mine: [
            Attempt(),
            Attempt(query={"prompt_id": mine["prompt_id"]}),
            Attempt(query={"prompt_id": theirs["prompt_id"]}, path={"video_id": mine["video_id"]}),
        ],
        "GET /videos/{video_id}/segments": lambda theirs, mine: [
            *paged("/videos/{video_id}/segments")(theirs, mine),
            Attempt(query={"run_id": theirs["run_id"]}, path={"video_id": mine["video_id"]}),
        ],
        "GET /videos/{video_id}/prompt-runs": by_path,
        "GET /videos/{video_id}/gif": by_path,
        "GET /videos/{video_id}/thumbnail": by_path,
        "GET /videos/{video_id}/timeline": by_path,
        "GET /videos/segments/{segment_id}/thumbnail": by_path,
        "POST /videos/batch": _batch,
        "POST /videos/batch/status": _batch,
        "POST /videos/batch/segments": _batch_segments,
        "POST /videos/signed-url": lambda theirs, _: [Attempt({"gcs_uri": uri}) for uri in theirs.uris],
    },
)
