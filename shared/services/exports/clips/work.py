"""The clip workflow: cut the playable file, store the part, record it.

The job may be killed anywhere and then runs again. The file has one key, so that a second attempt replaces
the file of the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, Protocol

from shared.domain import blob_keys, clock, keys
from shared.domain.editing.clip import Clip, ClipFailure, ClipStatus, named_by
from shared.domain.errors import UnsupportedMedia, VersionConflict
from shared.domain.job import JobRequest
from shared.domain.media import Media
from shared.media.derive.clip import ClipFile, make_clip
from shared.media.inspect.probe import probe
from shared.ports.blobs import BlobNotFound, Blobs
from shared.ports.jobs import Interrupted
from shared.services.exports.clips.erasure import ClipErasure
from shared.services.exports.clips.failures import ClipFailures, failure_of
from shared.services.exports.clips.records import change_clip
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents

_SECONDS_BETWEEN_REPORTS: Final = 2.0


class ProbeLimits(Protocol):
    """Limits of the files that are read. ``shared.settings.Settings`` has them."""

    @property
    def max_audio_seconds(self) -> float: ...

    @property
    def max_picture_pixels(self) -> int: ...


class _ClipGone(Exception):
    """The clip or its medium was deleted while the job ran, or another job makes the clip by now."""


class ClipWork:
    """Makes the files of clips."""

    def __init__(self, documents: Documents, blobs: Blobs, limits: ProbeLimits) -> None:
        self._documents = documents
        self._blobs = blobs
        self._limits = limits
        self._visible = VisibleMedia(documents)
        self._failures = ClipFailures(documents, blobs)
        self._erasure = ClipErasure(documents, blobs)

    def run(self, request: JobRequest, stopping: Callable[[], bool]) -> None:
        """Make a clip. Raises: Interrupted, or any unexpected error; the caller retries the job."""
        tenant_id, media_id, clip_id = named_by(request.arguments)
        clip = self._documents.get(Clip, keys.clip(tenant_id, media_id, clip_id))
        media = self._visible.find(tenant_id, media_id)
        if clip is None or clip.job_id != request.job_id or media is None:
            self._discard(request)
            return
        if clip.status.is_terminal:
            return
        try:
            self._make(clip, media, stopping)
        except _ClipGone:
            self._discard(request)
        except UnsupportedMedia as error:
            self._failures.record(clip, failure_of(error))
        except BlobNotFound:
            failure = ClipFailure(code="clip_failed", message="The medium has no playable file.")
            self._failures.record(clip, failure)

    def _make(self, clip: Clip, media: Media, stopping: Callable[[], bool]) -> None:
        self._change(clip, _started)
        with ExitStack() as stack:
            source = stack.enter_context(self._blobs.as_file(media.playback_key))
            path = self._blobs.scratch_file()
            stack.callback(path.unlink, missing_ok=True)
            made = self._cut(clip, source, path, stopping)
            key = blob_keys.clip_file(clip.tenant_id, clip.media_id, clip.job_id, made.suffix)
            size = path.stat().st_size
            self._blobs.adopt(key, path, made.content_type)
        if self._visible.find(clip.tenant_id, clip.media_id) is None:
            raise _ClipGone
        self._change(clip, lambda found: _ready(found, made, key, size))

    def _cut(self, clip: Clip, source: Path, destination: Path, stopping: Callable[[], bool]) -> ClipFile:
        limits = self._limits
        probed = probe(
            source, max_audio_seconds=limits.max_audio_seconds, max_pixels=limits.max_picture_pixels
        )
        reported = time.monotonic()

        def progress(share: float) -> None:
            nonlocal reported
            if stopping():
                raise Interrupted
            self._blobs.require_room()
            if time.monotonic() - reported >= _SECONDS_BETWEEN_REPORTS:
                reported = time.monotonic()
                with suppress(VersionConflict):
                    self._change(clip, lambda found: found.model_copy(update={"progress": round(share, 2)}))

        return make_clip(
            source,
            probed,
            destination,
            start=clip.start,
            end=clip.end,
            precise=clip.precise,
            progress=progress,
        )

    def _change(self, clip: Clip, change: Callable[[Clip], Clip]) -> None:
        """Change the clip. Raises: _ClipGone."""
        if not change_clip(self._documents, clip, change):
            raise _ClipGone

    def _discard(self, request: JobRequest) -> None:
        """Delete the file of this job. A clip whose medium is gone is erased: its deletion may have looked
        for clips before this one was recorded."""
        tenant_id, media_id, clip_id = named_by(request.arguments)
        self._blobs.delete_prefix(blob_keys.clip_file(tenant_id, media_id, request.job_id))
        if self._visible.find(tenant_id, media_id) is None:
            self._erasure.erase(tenant_id, media_id, clip_id)


def _started(clip: Clip) -> Clip:
    return clip.model_copy(update={"status": ClipStatus.PROCESSING})


def _ready(clip: Clip, made: ClipFile, key: str, size: int) -> Clip:
    return clip.model_copy(
        update={
            "status": ClipStatus.READY,
            "progress": 1.0,
            "file_key": key,
            "content_type": made.content_type,
            "size_bytes": size,
            "file_start": made.start,
            "duration_seconds": made.duration_seconds,
            "is_copied": made.is_copied,
            "completed_at": clock.timestamp(),
        }
    )
