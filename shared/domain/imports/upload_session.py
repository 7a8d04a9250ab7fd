"""Upload sessions: clients send the parts of a file directly to the store.

The official API has no such sessions. A session, its import job and its file share one ULID, so each id
can be derived from the others, and a session becomes one import job even if its completion is reported
several times.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

UPLOAD: Final = "upl"

UPLOAD_LIFE: Final = timedelta(days=7)
"""Lifetime of a session. The store keeps the parts of incomplete uploads for the same time."""


class UploadStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    """All bytes are stored. The import job reports further progress."""

    ABORTED = "aborted"


class UploadSession(BaseModel):
    """An upload in parts.

    ``store_upload_id`` is the store's id of the upload. ``size_bytes`` is the size that the client
    announced.
    """

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
        """The ULID that the ids of the session, its import job and its file share."""
        return self.upload_id.split("_", 1)[1]


def upload_id_of(import_job_id: str) -> str:
    """Return the id of the session with the ULID of an import job. The session need not exist."""
    return f"{UPLOAD}_{import_job_id.partition('_')[2]}"
