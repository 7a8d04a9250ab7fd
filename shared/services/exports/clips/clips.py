"""Requests for clips, and their status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.editing.clip import (
    MAX_CLIP_SECONDS,
    MAX_CLIPS_OF_MEDIUM,
    MAX_CLIPS_OF_TENANT,
    MIN_CLIP_SECONDS,
    Clip,
    ClipStatus,
    clip_id,
    new_clip,
)
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.ids import parse_segment_id
from shared.domain.media import Media, MediaType, Segment
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT
from shared.services.exports.clips.erasure import ClipErasure
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents, put
from shared.services.records.due_work import due_delete, due_write
from shared.services.records.quota import check_quota
from shared.services.records.transact import Decision


@dataclass(frozen=True, slots=True)
class Wanted:
    """The part of a medium that a client wants: a segment, or a span in seconds."""

    segment_id: str | None = None
    start: float | None = None
    end: float | None = None
    precise: bool = False


class Clips:
    """Clips of the caller's own media."""

    def __init__(self, documents: Documents, jobs: Jobs, erasure: ClipErasure) -> None:
        self._documents = documents
        self._jobs = jobs
        self._erasure = erasure
        self._visible = VisibleMedia(documents)

    def request(self, caller: Caller, media_id: str, wanted: Wanted) -> tuple[Media, Clip]:
        """Return a medium and the clip of a part of it. If there is none, or if it has failed, it is made.

        A tenant's limit may be exceeded by requests that arrive at the same moment.

        Raises:
            NotFound: the medium or the segment does not exist.
            NotPermitted: the medium belongs to the default index.
            InvalidRequest: the part is empty, too long or outside the medium, or the medium is a picture.
            Conflict: a quota is used up (``resource_quota_exceeded``).
        """
        caller.require_own(media_id)
        media, start, end = self._part(caller, media_id, wanted)
        key = keys.clip(caller.tenant_id, media_id, clip_id(media_id, start, end, precise=wanted.precise))

        def decide() -> Decision[Clip]:
            batch = self._documents.batch([key])
            found = batch.get(Clip, key)
            if found is not None and found.status is not ClipStatus.FAILED:
                return Decision(found)
            if found is None:
                self._require_room(caller, media_id)
            clip = new_clip(media, caller.user_id, start, end, precise=wanted.precise)
            request = clip.request
            writes = [
                put(key, clip, expected_version=batch.version(key)),
                put(keys.job(request.job_id), request, expected_version=ABSENT),
                *((due_delete(found.due),) if found is not None and found.due != clip.due else ()),
                due_write(clip.due),
            ]
            return Decision(clip, writes)

        clip = self._documents.transact(decide)
        if clip.is_expired:  # and not yet removed
            self._erasure.erase(caller.tenant_id, media_id, clip.clip_id)
            clip = self._documents.transact(decide)
        if clip.status is ClipStatus.PENDING:
            self._jobs.submit(clip.request)
        return media, clip

    def list(self, caller: Caller, media_id: str) -> tuple[Media, Sequence[Clip]]:
        """Return a medium and its clips, newest first. Raises: NotFound."""
        tenant_id = caller.tenant_of(media_id)
        media = self._visible.get(tenant_id, media_id)
        found = self._documents.every(Clip, keys.clip(tenant_id, media_id))
        live = [clip for clip in found if not clip.is_expired]
        return media, sorted(live, key=lambda clip: (clip.created_at, clip.clip_id), reverse=True)

    def get(self, caller: Caller, media_id: str, identifier: str) -> tuple[Media, Clip]:
        """Read a clip with its medium. Raises: NotFound."""
        tenant_id = caller.tenant_of(media_id)
        key = keys.clip(tenant_id, media_id, identifier)
        media, batch = self._visible.get_with(tenant_id, media_id, key)
        clip = batch.get(Clip, key) if identifier else None
        if clip is None or clip.is_expired:
            raise NotFound("clip", identifier)
        return media, clip

    def delete(self, caller: Caller, media_id: str, identifier: str) -> None:
        """Delete a clip and its file. Raises: NotFound. NotPermitted: it belongs to the default index."""
        caller.require_own(media_id)
        self.get(caller, media_id, identifier)
        self._erasure.erase(caller.tenant_id, media_id, identifier)

    def _part(self, caller: Caller, media_id: str, wanted: Wanted) -> tuple[Media, float, float]:
        """Return the medium, and the start and end of the part inside it."""
        if wanted.segment_id is None:
            media = self._visible.get(caller.tenant_id, media_id)
            start, end = wanted.start or 0.0, wanted.end or 0.0
        else:
            media, segment = self._segment(caller, media_id, wanted.segment_id)
            start, end = segment.start, segment.end
        if media.media_type is MediaType.IMAGE or media.duration_seconds is None:
            raise InvalidRequest("video_id", "is a picture, which has no clips", code="clip_of_picture")
        if start >= media.duration_seconds:
            raise InvalidRequest(
                "start_seconds", f"must be before the medium's end ({media.duration_seconds})"
            )
        end = min(end, media.duration_seconds)
        if end - start < MIN_CLIP_SECONDS:
            raise InvalidRequest("end_seconds", f"must be at least {MIN_CLIP_SECONDS} after the start")
        if end - start > MAX_CLIP_SECONDS:
            raise InvalidRequest("end_seconds", f"must be at most {MAX_CLIP_SECONDS:.0f} after the start")
        return media, start, end

    def _segment(self, caller: Caller, media_id: str, segment_id: str) -> tuple[Media, Segment]:
        located = parse_segment_id(segment_id)
        if located is None or located[0] != media_id:
            self._visible.get(caller.tenant_id, media_id)
            raise NotFound("segment", segment_id)
        key = keys.segment(caller.tenant_id, *located)
        media, batch = self._visible.get_with(caller.tenant_id, media_id, key)
        segment = batch.get(Segment, key)
        if segment is None:
            raise NotFound("segment", segment_id)
        return media, segment

    def _require_room(self, caller: Caller, media_id: str) -> None:
        for prefix, limit, resource in (
            (keys.clip(caller.tenant_id, media_id), MAX_CLIPS_OF_MEDIUM, "clips_of_video"),
            (keys.clip(caller.tenant_id), MAX_CLIPS_OF_TENANT, "clips"),
        ):
            used = len(self._documents.sort_keys(prefix, limit=limit).items)
            check_quota(resource, used, limit)
