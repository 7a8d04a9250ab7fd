"""From ranked ids to whole hits: the result, its medium and its segment, each kind read in one batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.ids import parse_segment_id
from shared.domain.media import Media, Segment
from shared.domain.prompt_run import SegmentResult, VideoResult
from shared.domain.search_hit import RankedResult, ResultIdentity, parse_result_id
from shared.services.documents import Documents
from shared.services.visible_media import VisibleMedia


@dataclass(frozen=True, slots=True)
class Hit:
    """``segment`` is the hit's own, or for a media-wide result the one that illustrates it."""

    ranked: RankedResult
    media: Media
    result: SegmentResult | VideoResult
    segment: Segment | None


class SearchHits:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def load(self, tenant_id: str, ranked: Sequence[RankedResult]) -> list[Hit]:
        """Hits in the order of ``ranked``; what is deleted, or about to be, is left out."""
        identities = {r.result_id: identity for r in ranked if (identity := parse_result_id(r.result_id))}
        media = self._media(tenant_id, identities.values())
        results = self._results(tenant_id, identities.values())
        segments = self._segments(tenant_id, results.values())
        hits = []
        for item in ranked:
            identity = identities.get(item.result_id)
            if identity is None or identity.media_id not in media or identity not in results:
                continue
            result = results[identity]
            hits.append(Hit(item, media[identity.media_id], result, segments.get(_shown_segment(result))))
        return hits

    def _media(self, tenant_id: str, identities: Collection[ResultIdentity]) -> dict[str, Media]:
        found = self._visible.find_many(tenant_id, [identity.media_id for identity in identities])
        return {medium.media_id: medium for medium in found}

    def _results(
        self, tenant_id: str, identities: Collection[ResultIdentity]
    ) -> dict[ResultIdentity, SegmentResult | VideoResult]:
        of_segments = [i for i in identities if i.segment_id]
        of_media = [i for i in identities if not i.segment_id]
        segment_results = self._documents.get_many(
            SegmentResult,
            [keys.segment_result(tenant_id, i.run_id, i.media_id, i.segment_id) for i in of_segments],
        )
        video_results = self._documents.get_many(
            VideoResult, [keys.video_result(tenant_id, i.run_id, i.media_id) for i in of_media]
        )
        found: dict[ResultIdentity, SegmentResult | VideoResult] = {
            ResultIdentity(r.media_id, r.segment_id, r.run_id): r for r in segment_results
        }
        return found | {ResultIdentity(r.media_id, "", r.run_id): r for r in video_results}

    def _segments(
        self, tenant_id: str, results: Collection[SegmentResult | VideoResult]
    ) -> dict[str, Segment]:
        located = [parse_segment_id(segment_id) for segment_id in dict.fromkeys(map(_shown_segment, results))]
        found = self._documents.get_many(
            Segment, [keys.segment(tenant_id, *where) for where in located if where]
        )
        return {segment.segment_id: segment for segment in found}


def _shown_segment(result: SegmentResult | VideoResult) -> str:
    if isinstance(result, SegmentResult):
        return result.segment_id
    return result.preview_segment_id or ""
