"""Search hits: loads the results and media of ranked ids in one batch. A result contains its segment."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.keys import Key
from shared.domain.markers.marker import TargetMarkers
from shared.domain.media import Media, Segment
from shared.domain.query.hits import RankedResult, ResultIdentity, parse_result_id
from shared.domain.runs.prompt_run import SegmentResult, VideoResult
from shared.services.library.markers.shown_markers import ShownMarkers
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked result with its medium and the markers that it shows."""

    ranked: RankedResult
    media: Media
    result: SegmentResult | VideoResult
    markers: TargetMarkers

    @property
    def segment(self) -> Segment | None:
        """Return the result's segment; for a media-wide result, the segment that serves as its preview."""
        return self.result.segment if isinstance(self.result, SegmentResult) else self.result.preview_segment


class SearchHits:
    """Loads hits by their ranked ids."""

    def __init__(self, documents: Documents) -> None:
        self._visible = VisibleMedia(documents)
        self._markers = ShownMarkers(documents)

    def load(self, caller: Caller, ranked: Sequence[RankedResult]) -> list[Hit]:
        """Load hits in the order of ``ranked``. Results of media that are deleted, or being deleted, are left
        out, and so are those that the caller may not read."""
        identities = {r.result_id: identity for r in ranked if (identity := parse_result_id(r.result_id))}
        result_keys = {
            identity: _key(caller.tenant_of(identity.media_id), identity) for identity in identities.values()
        }
        media_ids = [identity.media_id for identity in result_keys]
        found, batch = self._visible.readable_with(caller, media_ids, result_keys.values())
        media = {medium.media_id: medium for medium in found}
        visible = [identity for identity in result_keys if identity.media_id in media]
        markers = self._markers.of_results(media, visible)
        hits = []
        for item in ranked:
            identity = identities.get(item.result_id)
            if identity is None or identity.media_id not in media:
                continue
            result = _result(batch, identity, result_keys[identity])
            if result is not None:
                shown = markers.get(identity, TargetMarkers())
                hits.append(Hit(item, media[identity.media_id], result, shown))
        return hits


def _key(tenant_id: str, identity: ResultIdentity) -> Key:
    if identity.segment_id:
        return keys.segment_result(tenant_id, identity.run_id, identity.media_id, identity.segment_id)
    return keys.video_result(tenant_id, identity.run_id, identity.media_id)


def _result(batch: Batch, identity: ResultIdentity, key: Key) -> SegmentResult | VideoResult | None:
    return batch.get(SegmentResult, key) if identity.segment_id else batch.get(VideoResult, key)
