"""Scopes and isolation cases of upload sessions."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, by_path

RESOURCE: Final = Resource(
    scopes={
        "POST /uploads": "write",
        "GET /uploads/{upload_id}": "write",
        "POST /uploads/{upload_id}/complete": "write",
        "DELETE /uploads/{upload_id}": "write",
    },
    isolation={
        "POST /uploads": lambda theirs, _: [
            Attempt(
                {
                    "file_name": "a.mp4",
                    "content_type": "video/mp4",
                    "size_bytes": 10,
                    "index_id": theirs["index_id"],
                }
            )
        ],
        "GET /uploads/{upload_id}": by_path,
        "POST /uploads/{upload_id}/complete": by_path,
        "DELETE /uploads/{upload_id}": by_path,
    },
)
