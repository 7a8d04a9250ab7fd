"""The results that show a marker of a color, for searches by conditions.

A search index does not hold markers: a marker would have to be written into the documents of all results of
its target. The number of markers is limited, so the ids of the marked results restrict the search instead.
"""

from collections.abc import Iterable, Iterator

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import InvalidRequest
from shared.domain.ids import parse_segment_id, recipe_fingerprint
from shared.domain.markers.marker import Marker, MarkerTargetType
from shared.domain.query.hits import parse_result_id, segment_result_id, video_result_id
from shared.domain.runs.card import RunCard
from shared.ports.search_index import MAX_RESULT_IDS
from shared.services.library.markers.marked import Marked
from shared.services.records.documents import Documents
from shared.services.search.scope import SearchScope


class MarkedResults:
    """Finds results by the markers on them, on their segments or media, and on fields of either."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._marked = Marked(documents)

    def of(self, caller: Caller, scope: SearchScope, color: str) -> frozenset[str]:
        """Return the ids of the marked results in ``scope``, among others of its media.

        Raises: InvalidRequest: there are more than a search can be restricted to.
        """
        markers = [m for m in self._marked.markers(caller.tenant_id, color) if _is_within(m, scope)]
        cards = {} if scope.run_ids else self._cards(caller.tenant_id, markers)
        found: set[str] = set()
        for marker in markers:
            found.update(_results(marker, scope, cards.get(marker.media_id or "", RunCard())))
            if len(found) > MAX_RESULT_IDS:
                raise InvalidRequest(
                    "marker_color", f"matches more than {MAX_RESULT_IDS:,} results: name run_ids"
                )
        return frozenset(found)

    def _cards(self, tenant_id: str, markers: Iterable[Marker]) -> dict[str, RunCard]:
        """Read the run cards of media with a marker on them or on a segment, by medium."""
        without_run = (m.media_id for m in markers if m.target.type is not MarkerTargetType.RESULT)
        media_ids = list(dict.fromkeys(media_id for media_id in without_run if media_id))
        batch = self._documents.batch(keys.run_card(tenant_id, media_id) for media_id in media_ids)
        found = {media_id: batch.get(RunCard, keys.run_card(tenant_id, media_id)) for media_id in media_ids}
        return {media_id: card for media_id, card in found.items() if card is not None}


def _is_within(marker: Marker, scope: SearchScope) -> bool:
    return marker.media_id is not None and (scope.media_ids is None or marker.media_id in scope.media_ids)


def _results(marker: Marker, scope: SearchScope, card: RunCard) -> Iterator[str]:
    """Yield the ids of the results that show a marker. A result of a run that does not exist does no harm."""
    target = marker.target
    match target.type:
        case MarkerTargetType.RESULT:
            identity = parse_result_id(target.id)
            if identity and (scope.run_ids is None or identity.run_id in scope.run_ids):
                yield target.id
        case MarkerTargetType.SEGMENT:
            for run_id in scope.run_ids or _runs_of_segment(card, target.id):
                yield segment_result_id(target.id, run_id)
        case MarkerTargetType.VIDEO:
            for run_id in scope.run_ids or card.run_ids:
                yield video_result_id(target.id, run_id)
        case MarkerTargetType.PROMPT_RUN:
            return


def _runs_of_segment(card: RunCard, segment_id: str) -> list[str]:
    """Return the runs that have the segment, and old runs whose segmentation the card does not tell."""
    located = parse_segment_id(segment_id)
    fingerprint = located[1] if located else ""
    sharing = [run.run_id for run in card.known_runs if recipe_fingerprint(run.recipe) == fingerprint]
    return [*sharing, *card.older_run_ids]
