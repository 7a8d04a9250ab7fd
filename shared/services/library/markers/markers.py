"""Markers: put within quotas, list, delete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import clock, keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.ids import MARKER, new_id
from shared.domain.markers.marker import Marker, MarkerColor, MarkerTarget, MarkerTargetType, TargetMarkers
from shared.domain.markers.rules import (
    MAX_MARKERS_OF_MEDIUM,
    MAX_MARKERS_OF_TARGET,
    check_field_path,
    check_target,
    checked_note,
    matches_color,
)
from shared.domain.media import Media
from shared.ports.records import Delete
from shared.services.library.markers.field_paths import FieldPaths
from shared.services.library.markers.located_target import holder_of, locate, located_marker
from shared.services.library.markers.marked import MARKERS_PER_READ
from shared.services.library.markers.marker_records import MarkedTarget, MarkerRecords
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents, put
from shared.services.records.pages import Page
from shared.services.records.quota import check_quota
from shared.services.records.transact import Decision

_KEYS_PER_READ: Final = 100


@dataclass(frozen=True, slots=True)
class MarkerFilter:
    """Which markers a list contains. ``None`` does not restrict; ``color`` may be ``ANY_COLOR``."""

    target_type: MarkerTargetType | None = None
    target_id: str | None = None
    media_id: str | None = None
    color: str | None = None

    @property
    def holder_id(self) -> str | None:
        """The medium or run whose markers the list is limited to, if it is."""
        return self.media_id or (holder_of(self.target_id) if self.target_id else None)

    @property
    def is_open(self) -> bool:
        return self == MarkerFilter()

    def keeps(self, marker: Marker) -> bool:
        target = marker.target
        return (
            self.target_type in (None, target.type)
            and self.target_id in (None, target.id)
            and self.media_id in (None, marker.media_id)
            and matches_color(self.color, [marker.info])
        )


class Markers:
    """Markers of all tenants. A target and a field of it have at most one marker each."""

    def __init__(self, documents: Documents, *, max_markers: int) -> None:
        self._documents = documents
        self._records = MarkerRecords(documents)
        self._fields = FieldPaths(documents)
        self._visible = VisibleMedia(documents)
        self._max_markers = max_markers

    def put(
        self, caller: Caller, target: MarkerTarget, color: MarkerColor | None, note: str | None
    ) -> Marker:
        """Set the marker of a target. A target that has one keeps the marker's id and time of creation.

        Raises:
            InvalidRequest: the note, the target or its field breaks a rule.
            NotFound: the target does not exist or is another tenant's.
            NotPermitted: the target belongs to the default index.
            Conflict: a quota is used up (``resource_quota_exceeded``).
        """
        text = checked_note(color, note)
        check_target(target)
        caller.require_own(holder_of(target.id), target.id)
        located = locate(caller.tenant_id, target)

        def decide() -> Decision[Marker]:
            marked = self._records.read(located)
            existing = marked.markers.at(target.field_path)
            if existing is None:
                self._check_new(marked)
                marker = _new(caller, target, located.media_id)
            else:
                stored = self._documents.get(Marker, keys.marker(caller.tenant_id, existing.marker_id))
                marker = stored or _new(caller, target, located.media_id)
                if (marker.color, marker.note) == (color, text) and stored:
                    return Decision(stored)
            changes = {"color": color, "note": text, "updated_at": clock.timestamp()}
            changed = marker.model_copy(update=changes)
            after = marked.markers.with_marker(target.field_path, changed.info)
            entry = put(keys.marker(caller.tenant_id, changed.marker_id), changed)
            return Decision(changed, [entry, *self._records.changed(marked, after)])

        return self._documents.transact(decide)

    def delete(self, caller: Caller, marker_id: str) -> None:
        """Delete a marker. Raises: NotFound: it is unknown or another tenant's, or its medium is being
        deleted."""
        key = keys.marker(caller.tenant_id, marker_id)

        def decide() -> Decision[None]:
            marker = self._documents.get(Marker, key) if marker_id else None
            if marker is None:
                raise NotFound("marker", marker_id)
            try:
                marked = self._records.read(located_marker(marker))
            except NotFound:
                raise NotFound("marker", marker_id) from None
            after = marked.markers.with_marker(marker.target.field_path, None)
            return Decision(None, [Delete(key), *self._records.changed(marked, after)])

        self._documents.transact(decide)

    def page(self, caller: Caller, wanted: MarkerFilter, *, limit: int, after: str | None) -> Page[Marker]:
        """Read a page of the tenant's markers, those created last first. Markers of media that are being
        deleted are left out."""
        kept: list[Marker] = []
        for found in self._read(caller.tenant_id, wanted, limit, after):
            kept += self._visible_of(caller.tenant_id, [marker for marker in found if wanted.keeps(marker)])
            if len(kept) > limit:
                break
        shown = kept[:limit]
        return Page(shown, shown[-1].marker_id if len(kept) > limit else None)

    def _read(
        self, tenant_id: str, wanted: MarkerFilter, limit: int, after: str | None
    ) -> Iterator[list[Marker]]:
        holder_id = wanted.holder_id
        if holder_id is not None:
            yield from self._of_holder(tenant_id, holder_id, after)
            return
        size = limit + 1 if wanted.is_open else MARKERS_PER_READ
        listed = keys.marker(tenant_id)
        yield from self._documents.pages(Marker, listed, limit=size, after=after, descending=True)

    def _of_holder(self, tenant_id: str, holder_id: str, after: str | None) -> Iterator[list[Marker]]:
        """Read the markers of a medium with its segments and results, or of a run."""
        targets = self._documents.every(TargetMarkers, keys.target_markers(tenant_id, holder_id))
        ids = sorted((info.marker_id for target in targets for info in target.all), reverse=True)
        wanted = [keys.marker(tenant_id, each) for each in ids if after is None or each < after]
        for first in range(0, len(wanted), _KEYS_PER_READ):
            yield self._documents.get_many(Marker, wanted[first : first + _KEYS_PER_READ])

    def _visible_of(self, tenant_id: str, markers: Sequence[Marker]) -> list[Marker]:
        media_ids = list(dict.fromkeys(marker.media_id for marker in markers if marker.media_id))
        if not media_ids:
            return [*markers]
        visible = {medium.media_id for medium in self._visible.find_many(tenant_id, media_ids)}
        return [marker for marker in markers if marker.media_id is None or marker.media_id in visible]

    def _check_new(self, marked: MarkedTarget) -> None:
        """Check whether a target may have one more marker. Raises: InvalidRequest, Conflict."""
        target = marked.located.target
        if target.field_path is not None:
            check_field_path(target, self._fields.of(marked.located))
        check_quota("markers_of_target", len(marked.markers.all), MAX_MARKERS_OF_TARGET)
        if isinstance(marked.holder, Media):
            check_quota("markers_of_video", marked.holder.marker_count, MAX_MARKERS_OF_MEDIUM)
        check_quota("markers", marked.total.count, self._max_markers)


def _new(caller: Caller, target: MarkerTarget, media_id: str | None) -> Marker:
    moment = clock.timestamp()
    return Marker(
        marker_id=new_id(MARKER),
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        target=target,
        media_id=media_id,
        created_at=moment,
        updated_at=moment,
    )
