"""Lists of marked media and runs: found by their markers, whose number is limited, and not by a walk over all
media or runs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from shared.domain import keys
from shared.domain.markers.marker import Marker, MarkerTargetType
from shared.domain.markers.rules import matches_color
from shared.services.records.documents import Documents
from shared.services.records.pages import Page

Item = TypeVar("Item")

MARKERS_PER_READ: Final = 500
_IDS_PER_READ: Final = 100

ReadItems = Callable[[Sequence[str]], Sequence[tuple[str, Item]]]
"""Read the items with the given ids that exist, each with its id, in the order of the ids."""


class Marked:
    """Reads the targets that have a marker of a color."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def markers(self, tenant_id: str, color: str) -> Iterator[Marker]:
        """Yield all markers of ``color``, which may be ``ANY_COLOR``."""
        for marker in self._documents.each(Marker, keys.marker(tenant_id), limit=MARKERS_PER_READ):
            if matches_color(color, [marker.info]):
                yield marker

    def page(
        self,
        tenant_id: str,
        target_type: MarkerTargetType,
        color: str,
        read: ReadItems[Item],
        *,
        limit: int,
        after: str | None,
    ) -> Page[Item]:
        """Read a page of marked media or runs, newest first. ``after`` is the id before the page."""
        targets = (marker.target for marker in self.markers(tenant_id, color))
        ids = sorted((target.id for target in targets if target.type is target_type), reverse=True)
        ids = [each for each in ids if after is None or each < after]
        found: list[tuple[str, Item]] = []
        for first in range(0, len(ids), _IDS_PER_READ):
            found += read(ids[first : first + _IDS_PER_READ])
            if len(found) > limit:
                break
        shown = found[:limit]
        return Page([item for _, item in shown], shown[-1][0] if len(found) > limit else None)
