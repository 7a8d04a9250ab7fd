"""Uploads that go straight to the store, part by part. Ours alone: the official API has none.

A session, the import that it becomes and the file between them share one ULID, so each can be found
from any other, and a session becomes one import however often its end is announced.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

UPLOAD: Final = "upl"

UPLOAD_LIFE: Final = timedelta(days=7)
"""As long as the store keeps the parts of uploads that nobody completes."""


class UploadStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    """All bytes are here; what comes of them is the import job's to tell."""

    ABORTED = "aborted"


class UploadSession(BaseModel):
    """``store_upload_id`` is the store's own name for it; ``size_bytes`` is what was announced."""

    upload_id: str
    tenant_id: str
    user_id: str
    store_upload_id: str
    status: UploadStatus = UploadStatus.OPEN
    file_name: str
    content_type: str
    size_bytes: int
    title: str | None = None
    index_id: str | None = None
    created_at: str
    expires_at: str

    @property
    def seed(self) -> str:
        return self.upload_id.split("_", 1)[1]


def upload_id_of(import_job_id: str) -> str:
    """The session that an import was made from, if it was made from one."""
    return f"{UPLOAD}_{import_job_id.partition('_')[2]}"
