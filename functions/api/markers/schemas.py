"""Wire models of markers."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from shared.domain.markers import marker
from shared.domain.markers.marker import MarkerColor, MarkerTargetType
from shared.domain.markers.rules import MAX_NOTE_CHARACTERS

TargetId = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class MarkerTarget(BaseModel):
    """What a marker is on.

    ``id`` is the id of a medium (``video``), a segment or a prompt run, or the ``result_id`` of a ``result``:
    ``segment:{segment_id}:{run_id}`` or ``video:{video_id}:{run_id}``. ``field_path`` names a field of a
    segment or a result by its canonical path, such as ``people[].name``.
    """

    type: MarkerTargetType
    id: TargetId
    field_path: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None

    def to_domain(self) -> marker.MarkerTarget:
        return marker.MarkerTarget(type=self.type, id=self.id, field_path=self.field_path)


class PutMarkerRequest(BaseModel):
    """A marker for a target, which has at most one.

    ``color``, ``note`` or both are required; what is left out is removed from a marker that exists. A blank
    note counts as none.
    """

    target: MarkerTarget
    color: MarkerColor | None = None
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARACTERS)] | None = None


class Marker(BaseModel):
    """A marker. ``video_id`` is the medium of the target; null for a run."""

    marker_id: str
    target: MarkerTarget
    video_id: str | None
    color: str | None
    note: str | None
    created_by: str
    created_at: str
    updated_at: str

    @classmethod
    def from_domain(cls, found: marker.Marker) -> Self:
        return cls(
            marker_id=found.marker_id,
            target=MarkerTarget(**found.target.model_dump()),
            video_id=found.media_id,
            color=found.color,
            note=found.note,
            created_by=found.user_id,
            created_at=found.created_at,
            updated_at=found.updated_at,
        )
