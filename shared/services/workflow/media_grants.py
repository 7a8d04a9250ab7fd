"""Media grants: a link to the file of a medium, for a download by a client without credentials."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.file_names import title_stem
from shared.domain.ids import parse_segment_id
from shared.domain.media import Media, Segment
from shared.domain.runs.prompt_run import MediumState
from shared.ports.blobs import Blobs
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents


@dataclass(frozen=True, slots=True)
class MediaGrant:
    """A link that works without a credential for some time, and what is behind it."""

    media_id: str
    url: str
    file_name: str
    mime_type: str


class MediaGrants:
    """Grants downloads of playable files. A grant is a signed link and leaves no record."""

    def __init__(self, documents: Documents, blobs: Blobs, link_seconds: int) -> None:
        self._visible = VisibleMedia(documents)
        self._blobs = blobs
        self._seconds = link_seconds

    def grant(
        self, caller: Caller, media_id: str, *, run_id: str | None = None, segment_id: str | None = None
    ) -> MediaGrant:
        """Sign a link to the playable file of a medium.

        ``run_id`` and ``segment_id`` say what the file is wanted for. The file is the whole medium in any
        case; the name of the file tells the segment.

        Raises: NotFound: there is no such medium, the run does not include it, or it has no such segment.
        """
        tenant_id = caller.tenant_of(media_id)
        state_key = keys.medium_state(tenant_id, run_id, media_id) if run_id else None
        location = parse_segment_id(segment_id) if segment_id else None
        segment_key = keys.segment(tenant_id, *location) if location else None
        others = [key for key in (state_key, segment_key) if key is not None]
        media, batch = self._visible.get_with(tenant_id, media_id, *others)
        if state_key is not None and batch.get(MediumState, state_key) is None:
            raise NotFound("prompt_run", run_id or "")
        segment = batch.get(Segment, segment_key) if segment_key else None
        if segment_id and (segment is None or segment.media_id != media_id):
            raise NotFound("segment", segment_id)
        name = _file_name(media, segment)
        url = self._blobs.signed_link(media.playback_key, expires_in=self._seconds, file_name=name)
        return MediaGrant(media_id, url, name, media.playback_type)


def _file_name(media: Media, segment: Segment | None) -> str:
    """Name a download after its medium, with the suffix of the playable file."""
    suffix = PurePosixPath(media.playback_key).suffix
    stem = title_stem(media.title).removesuffix(suffix)
    times = f" {segment.start:.0f}-{segment.end:.0f}s" if segment and media.duration_seconds else ""
    return f"{stem}{times}{suffix}"
