"""Addresses of stored files: durable URIs, and signed links that need no credential."""

from dataclasses import dataclass
from datetime import timedelta

from shared.domain import blob_keys, keys
from shared.domain.access import Caller
from shared.domain.clock import isoformat, now
from shared.domain.errors import NotFound
from shared.domain.media import Media, Segment
from shared.ports.blobs import Blobs
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents


@dataclass(frozen=True, slots=True)
class SignedLink:
    """A link that works without a credential until ``expires_at`` (ISO 8601)."""

    url: str
    expires_at: str


class FileLinks:
    """URIs and signed links of media files. To sign a link does no I/O, so a list may hold hundreds."""

    def __init__(self, documents: Documents, blobs: Blobs, link_seconds: int) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)
        self._blobs = blobs
        self._seconds = link_seconds

    def signed(self, key: str | None) -> str | None:
        """Return a link that works for ``signed_link_seconds``; None for no key."""
        if key is None:
            return None
        return self._blobs.signed_link(key, expires_in=self._seconds)

    def download(self, key: str | None, file_name: str | None) -> str | None:
        """Return a link as ``signed``, whose file a browser stores under ``file_name``."""
        if key is None:
            return None
        return self._blobs.signed_link(key, expires_in=self._seconds, file_name=file_name)

    def uri(self, key: str) -> str:
        """Return the durable URI of a stored file."""
        return self._blobs.uri(key)

    def durable(self, key: str | None) -> str | None:
        return None if key is None else self._blobs.uri(key)

    def playback_uri(self, media: Media) -> str:
        return self._blobs.uri(media.playback_key)

    def segment_uri(self, media: Media, start: float, end: float) -> str:
        """Return the medium's URI with a time fragment (W3C Media Fragments URI 1.0): ``...#t=12,17.5``."""
        return f"{self.playback_uri(media)}{time_fragment(media, start, end)}"

    def signed_segment(self, media: Media, start: float, end: float) -> str:
        return f"{self.signed(media.playback_key)}{time_fragment(media, start, end)}"

    def thumbnail_key(self, media: Media, segment: Segment | None) -> str | None:
        """Return the blob key of the segment's thumbnail, else of the medium's poster."""
        return (segment.thumbnail_key if segment else None) or media.poster_key

    def grant(self, caller: Caller, uri: str) -> SignedLink:
        """Sign a link for a durable URI of this server; its ``#fragment`` is kept.

        Raises:
            NotFound: the URI is of another server or tenant, or its file or medium does not exist.
        """
        key = self._blobs.key_of(uri)
        owner = blob_keys.owner(key) if key else None
        if key is None or owner is None or not self._may_read(caller, key, *owner):
            raise NotFound("video", uri)
        _, hash_mark, fragment = uri.partition("#")
        expires_at = isoformat(now() + timedelta(seconds=self._seconds))
        url = self._blobs.signed_link(key, expires_in=self._seconds)
        return SignedLink(f"{url}{hash_mark}{fragment}", expires_at)

    def _may_read(self, caller: Caller, key: str, tenant_id: str, owner_id: str) -> bool:
        if not caller.may_read(tenant_id) or self._blobs.stat(key) is None:
            return False
        if key.startswith("media/"):
            return self._visible.find(tenant_id, owner_id) is not None
        same_content = self._documents.sort_keys(keys.content_reference(tenant_id, owner_id), limit=100)
        return bool(self._visible.find_many(tenant_id, same_content.items))


def time_fragment(media: Media, start: float, end: float) -> str:
    """Return ``#t=start,end`` in seconds; empty for a picture, which has no duration."""
    return "" if media.duration_seconds is None else f"#t={_seconds(start)},{_seconds(end)}"


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
