"""Where the records of a marker's target are, which follows from the target's id."""

from dataclasses import dataclass

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.ids import parse_segment_id
from shared.domain.keys import Key
from shared.domain.markers.marker import Marker, MarkerTarget, MarkerTargetType
from shared.domain.query.hits import parse_result_id


@dataclass(frozen=True, slots=True)
class LocatedTarget:
    """A target with the ids that its own id contains. ``media_id`` is None for a run; ``segment_id`` and
    ``run_id`` are "" where the target has none."""

    tenant_id: str
    target: MarkerTarget
    media_id: str | None
    segment_id: str = ""
    run_id: str = ""

    @property
    def holder_id(self) -> str:
        """The medium of the target, or the run that is the target."""
        return self.media_id or self.run_id

    @property
    def markers(self) -> Key:
        """The record with the markers of the target."""
        return keys.target_markers(self.tenant_id, self.holder_id, sort_of(self.target.type, self.target.id))

    @property
    def subject(self) -> Key | None:
        """The record of the segment or of the result; None for a medium and a run."""
        media_id, segment_id, run_id = self.media_id, self.segment_id, self.run_id
        if media_id is None:
            return None
        if run_id:
            if segment_id:
                return keys.segment_result(self.tenant_id, run_id, media_id, segment_id)
            return keys.video_result(self.tenant_id, run_id, media_id)
        located = parse_segment_id(segment_id)
        return None if located is None else keys.segment(self.tenant_id, *located)

    @property
    def missing(self) -> NotFound:
        """The error if the target does not exist."""
        return NotFound(self.target.type, self.target.id)


def sort_of(target_type: MarkerTargetType, target_id: str) -> str:
    """Return the sort key of the record with the markers of a target."""
    return f"{target_type}#{target_id}"


def locate(tenant_id: str, target: MarkerTarget) -> LocatedTarget:
    """Locate a target. Raises: NotFound: no target of its type can have its id."""
    match target.type:
        case MarkerTargetType.VIDEO:
            return LocatedTarget(tenant_id, target, target.id)
        case MarkerTargetType.PROMPT_RUN:
            return LocatedTarget(tenant_id, target, None, run_id=target.id)
        case MarkerTargetType.SEGMENT:
            located = parse_segment_id(target.id)
            if located is None:
                raise NotFound(target.type, target.id)
            return LocatedTarget(tenant_id, target, located[0], segment_id=target.id)
        case MarkerTargetType.RESULT:
            identity = parse_result_id(target.id)
            if identity is None or not identity.media_id:
                raise NotFound(target.type, target.id)
            return LocatedTarget(tenant_id, target, identity.media_id, identity.segment_id, identity.run_id)


def located_marker(marker: Marker) -> LocatedTarget:
    """Locate the target of a stored marker."""
    return locate(marker.tenant_id, marker.target)


def holder_of(target_id: str) -> str:
    """Return the medium of a target, or the run that is the target, by the target's id."""
    if identity := parse_result_id(target_id):
        return identity.media_id
    located = parse_segment_id(target_id)
    return located[0] if located else target_id
