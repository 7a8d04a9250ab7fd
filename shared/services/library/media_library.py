"""Reads of media: one, a batch, or the pages of an index."""

from collections.abc import Sequence
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.ids import parse_segment_id
from shared.domain.markers.marker import MarkerTargetType
from shared.domain.media import Media, Segment
from shared.domain.runs.card import ListedMedia
from shared.ports.blobs import BlobNotFound, Blobs
from shared.services.library.index_access import visible_index
from shared.services.library.markers.marked import Marked
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents
from shared.services.records.pages import Page

MAX_MEDIA_IN_BATCH: Final = 100


class MediaLibrary:
    """Media that callers may see, and their pictures."""

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs
        self._visible = VisibleMedia(documents)
        self._marked = Marked(documents)

    def get(self, caller: Caller, media_id: str) -> Media:
        """Read a medium. Raises: NotFound."""
        return self._visible.get(caller.tenant_of(media_id), media_id)

    def get_many(self, caller: Caller, media_ids: Sequence[str]) -> list[Media]:
        """Return one medium for each id, in the order of the ids; a repeated id yields a repeated medium.

        Raises:
            InvalidRequest: there are no ids, or more than 100.
            NotFound: an id is unknown; the error names the first one.
        """
        checked_media_ids(media_ids)
        found = {m.media_id: m for m in self._visible.readable_with(caller, media_ids)[0]}
        for media_id in media_ids:
            if media_id not in found:
                raise NotFound("video", media_id)
        return [found[media_id] for media_id in media_ids]

    def page(
        self,
        caller: Caller,
        index_id: str | None,
        *,
        marker_color: str | None = None,
        limit: int,
        after: str | None,
    ) -> Page[ListedMedia]:
        """Read a page of an index's media, newest first, with their newest runs.

        ``index_id`` None is the playground. ``marker_color`` selects media with a marker of the color.

        Raises:
            NotFound: the index does not exist.
        """
        tenant_id = caller.tenant_id
        if index_id is not None:
            tenant_id = caller.tenant_of(index_id)
            visible_index(self._documents, tenant_id, index_id)
        if marker_color is not None:
            return self._marked.page(
                tenant_id,
                MarkerTargetType.VIDEO,
                marker_color,
                lambda media_ids: self._listed(tenant_id, index_id, media_ids),
                limit=limit,
                after=after,
            )
        return self._documents.filled_page(
            ListedMedia,
            keys.index_media(tenant_id, index_id),
            lambda entry: not entry.media.deleting,
            limit=limit,
            after=after,
            descending=True,
        )

    def _listed(
        self, tenant_id: str, index_id: str | None, media_ids: Sequence[str]
    ) -> list[tuple[str, ListedMedia]]:
        """Read those of ``media_ids`` that are in the list of an index."""
        entries = [keys.index_media(tenant_id, index_id, media_id) for media_id in media_ids]
        found = self._documents.get_many(ListedMedia, entries)
        return [(entry.media.media_id, entry) for entry in found if not entry.media.deleting]

    def poster(self, caller: Caller, media_id: str) -> bytes:
        """Return the poster of a medium as JPEG. Raises: NotFound, also if it has none."""
        return self._picture(self.get(caller, media_id).poster_key, "video_thumbnail", media_id)

    def preview(self, caller: Caller, media_id: str) -> bytes:
        """Return the animated GIF of a medium. Raises: NotFound, also for audio, which has no preview."""
        return self._picture(self.get(caller, media_id).preview_key, "video_preview", media_id)

    def segment_thumbnail(self, caller: Caller, segment_id: str) -> bytes:
        """Return a JPEG: the segment's thumbnail, else its medium's poster. Raises: NotFound."""
        located = parse_segment_id(segment_id)
        if located is None:
            raise NotFound("segment", segment_id)
        tenant_id = caller.tenant_of(located[0])
        key = keys.segment(tenant_id, *located)
        media, batch = self._visible.find_with(tenant_id, [located[0]], [key])
        segment = batch.get(Segment, key)
        if segment is None or not media:
            raise NotFound("segment", segment_id)
        return self._picture(segment.thumbnail_key or media[0].poster_key, "segment_thumbnail", segment_id)

    def inline_picture(self, key: str | None) -> bytes | None:
        """Return a small picture for the body of an answer; None if the medium has none."""
        try:
            return None if key is None else self._blobs.read(key)
        except BlobNotFound:
            return None

    def _picture(self, key: str | None, kind: str, identifier: str) -> bytes:
        content = self.inline_picture(key)
        if content is None:
            raise NotFound(kind, identifier)
        return content


def checked_media_ids(media_ids: Sequence[str]) -> Sequence[str]:
    """Return ``media_ids``. Raises: InvalidRequest: there are none, or more than 100."""
    if not 1 <= len(media_ids) <= MAX_MEDIA_IN_BATCH:
        raise InvalidRequest("video_ids", f"must have 1 to {MAX_MEDIA_IN_BATCH} items")
    return media_ids
