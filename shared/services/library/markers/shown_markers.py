"""Markers for those who show media, segments and results: read for many targets at once.

Nothing is read for media without markers: ``Media.marker_count`` tells. The marker of a medium is in
``Media``, that of a run in ``PromptRun``.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.domain import keys
from shared.domain.ids import parse_segment_id
from shared.domain.markers.marker import MarkerTargetType, TargetMarkers
from shared.domain.markers.rules import matches_color
from shared.domain.media import Media
from shared.domain.query.hits import (
    ResultIdentity,
    parse_result_id,
    segment_result_id,
    video_result_id,
)
from shared.services.library.markers.located_target import sort_of
from shared.services.records.documents import Documents

_PAGE: Final = 500
_NONE: Final = TargetMarkers()


class MediumMarkers:
    """The markers of one medium, its segments and its results.

    A marker on a segment also shows on the results of the segment, and one on a medium on its media-wide
    results, unless they have their own.
    """

    def __init__(self, media: Media, found: Mapping[str, TargetMarkers]) -> None:
        self._media = media
        self._found = found

    def of_segment(self, segment_id: str) -> TargetMarkers:
        return self._at(MarkerTargetType.SEGMENT, segment_id)

    def of_segment_result(self, segment_id: str, run_id: str) -> TargetMarkers:
        result_id = segment_result_id(segment_id, run_id)
        return self._at(MarkerTargetType.RESULT, result_id).over(self.of_segment(segment_id))

    def of_video_result(self, run_id: str) -> TargetMarkers:
        result = self._at(MarkerTargetType.RESULT, video_result_id(self._media.media_id, run_id))
        return result.over(TargetMarkers(own=self._media.marker))

    def marked_segments(self, color: str) -> frozenset[str]:
        """Return the segments with a marker of ``color`` on them, a result of them, or a field of either."""
        marked = set()
        for sort, markers in self._found.items():
            target_id = sort.partition("#")[2]
            identity = parse_result_id(target_id)
            segment_id = identity.segment_id if identity else target_id
            if parse_segment_id(segment_id) and matches_color(color, markers.all):
                marked.add(segment_id)
        return frozenset(marked)

    def _at(self, target_type: MarkerTargetType, target_id: str) -> TargetMarkers:
        return self._found.get(sort_of(target_type, target_id), _NONE)


class ShownMarkers:
    """Reads markers of many targets."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of_medium(self, media: Media) -> MediumMarkers:
        """Read the markers of a medium, its segments and its results with one query."""
        if not media.marker_count:
            return MediumMarkers(media, {})
        pages = self._documents.record_pages(_partition(media), limit=_PAGE)
        found = {
            record.key.sort: TargetMarkers.model_validate(record.body) for page in pages for record in page
        }
        return MediumMarkers(media, found)

    def of_media(self, media: Iterable[Media]) -> dict[str, MediumMarkers]:
        """Read the markers of media, their segments and their results, by medium. It takes one query for each
        medium that has markers."""
        return {medium.media_id: self.of_medium(medium) for medium in media}

    def of_results(
        self, media: Mapping[str, Media], results: Iterable[ResultIdentity]
    ) -> dict[ResultIdentity, TargetMarkers]:
        """Read the markers that results show, with one batch for all results together. ``media`` are those of
        the results, by id."""
        wanted = [each for each in results if media[each.media_id].marker_count]
        if not wanted:
            return {}
        targets = {each: _targets(each) for each in wanted}
        batch = self._documents.records.get_many(
            list(
                dict.fromkeys(
                    keys.target_markers(media[each.media_id].tenant_id, each.media_id, sort)
                    for each in wanted
                    for sort in targets[each]
                )
            )
        )
        found: dict[str, dict[str, TargetMarkers]] = {}
        for record in batch:
            markers = TargetMarkers.model_validate(record.body)
            found.setdefault(record.key.partition, {})[record.key.sort] = markers
        shown = {}
        for each in wanted:
            medium = media[each.media_id]
            of_medium = MediumMarkers(medium, found.get(_partition(medium).partition, {}))
            shown[each] = (
                of_medium.of_segment_result(each.segment_id, each.run_id)
                if each.segment_id
                else of_medium.of_video_result(each.run_id)
            )
        return shown


def _partition(media: Media) -> keys.Key:
    return keys.target_markers(media.tenant_id, media.media_id)


def _targets(result: ResultIdentity) -> list[str]:
    """Return the sort keys of the records whose markers a result shows."""
    if not result.segment_id:
        return [sort_of(MarkerTargetType.RESULT, video_result_id(result.media_id, result.run_id))]
    return [
        sort_of(MarkerTargetType.RESULT, segment_result_id(result.segment_id, result.run_id)),
        sort_of(MarkerTargetType.SEGMENT, result.segment_id),
    ]
