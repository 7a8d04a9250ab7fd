"""Clips: files that hold a part of a medium, made on request and kept for some days."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel
from ulid import ULID

from shared.domain import clock
from shared.domain.due import Due, DueKind
from shared.domain.file_names import title_stem
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media

CLIP: Final = "clp"
"""The prefix of a clip's id."""

CLIP_LIFE: Final = timedelta(days=7)
"""Time from the request for a clip to the removal of its file."""

MAX_CLIP_SECONDS: Final = 600.0
MIN_CLIP_SECONDS: Final = 0.04
MAX_CLIPS_OF_MEDIUM: Final = 100
MAX_CLIPS_OF_TENANT: Final = 1000

_TICKS: Final = 1000
"""Requests whose times are equal in milliseconds are for the same clip."""


class ClipStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"

    @property
    def is_terminal(self) -> bool:
        return self in (ClipStatus.READY, ClipStatus.FAILED)


class ClipFailure(BaseModel):
    """Why a clip was not made. ``code`` is stable; ``message`` is for people."""

    code: str
    message: str


class Clip(BaseModel):
    """A clip of a medium.

    ``start`` and ``end`` are those of the request, in seconds of the medium. ``file_start`` is the time of
    the medium at which the file starts. It is before ``start`` if the file was copied from a key frame
    nearby. ``duration_seconds`` is measured on the file. ``precise``: the file starts at the frame of
    ``start``. ``is_copied``: the streams were copied, not encoded. ``job_id`` is the job that makes the
    file; an earlier job of the same clip has another one.
    """

    clip_id: str
    tenant_id: str
    user_id: str
    media_id: str
    job_id: str
    start: float
    end: float
    precise: bool = False
    status: ClipStatus = ClipStatus.PENDING
    progress: float = 0.0
    file_key: str | None = None
    content_type: str | None = None
    size_bytes: int | None = None
    file_start: float | None = None
    duration_seconds: float | None = None
    is_copied: bool | None = None
    failure: ClipFailure | None = None
    created_at: str
    completed_at: str | None = None
    expires_at: str

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= clock.timestamp()

    def file_name(self, title: str) -> str | None:
        """Return the name for the stored file, such as ``Interview 12.5-20.mp4``; None without a file."""
        if self.file_key is None:
            return None
        suffix = self.file_key.rpartition(".")[2]
        return f"{title_stem(title)} {_plain(self.start)}-{_plain(self.end)}.{suffix}"

    @property
    def due(self) -> Due:
        """The removal of the clip."""
        return Due(
            kind=DueKind.CLIP_EXPIRY,
            tenant_id=self.tenant_id,
            subject=f"{self.media_id}#{self.clip_id}",
            due_at=self.expires_at,
        )

    @property
    def request(self) -> JobRequest:
        """The job that makes the file."""
        return JobRequest(
            job_id=self.job_id,
            workflow=Workflow.CLIP,
            arguments={
                "tenant_id": self.tenant_id,
                "media_id": self.media_id,
                "clip_id": self.clip_id,
            },
            requested_at=self.created_at,
        )


def clip_id(media_id: str, start: float, end: float, *, precise: bool) -> str:
    """Return the id of a clip, which follows from what is requested: equal requests are for one clip."""
    content = f"{media_id}#{_ticks(start)}#{_ticks(end)}#{precise}"
    return f"{CLIP}_{ULID(hashlib.sha256(content.encode()).digest()[:16])}"


def new_clip(media: Media, user_id: str, start: float, end: float, *, precise: bool) -> Clip:
    """Build the record of a clip whose file is yet to be made."""
    moment = clock.now()
    identifier = clip_id(media.media_id, start, end, precise=precise)
    return Clip(
        clip_id=identifier,
        tenant_id=media.tenant_id,
        user_id=user_id,
        media_id=media.media_id,
        job_id=f"{identifier}_{ULID.from_datetime(moment)}",
        start=start,
        end=end,
        precise=precise,
        created_at=clock.isoformat(moment),
        expires_at=clock.isoformat(moment + CLIP_LIFE),
    )


def subject_of(due: Due) -> tuple[str, str]:
    """Return (media id, clip id) of the removal of a clip."""
    media_id, _, identifier = due.subject.partition("#")
    return media_id, identifier


def named_by(arguments: Mapping[str, str]) -> tuple[str, str, str]:
    """Return (tenant, media id, clip id) of a job's arguments."""
    return arguments["tenant_id"], arguments["media_id"], arguments["clip_id"]


def _plain(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def _ticks(seconds: float) -> int:
    return round(seconds * _TICKS)
