"""Markers: a color, a note or both, which people put on media, segments, runs, results and their fields.

A marker is stored twice. ``Marker`` is the entry in the tenant's list. ``TargetMarkers`` repeats the markers
of one target, so that a target is read with all its markers at once. A medium and a run also repeat their own
marker, so that lists of them need no further read.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class MarkerColor(StrEnum):
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    GRAY = "gray"


class MarkerTargetType(StrEnum):
    VIDEO = "video"
    SEGMENT = "segment"
    PROMPT_RUN = "prompt_run"
    RESULT = "result"


class MarkerTarget(BaseModel):
    """What a marker is on.

    ``id`` is the id of a medium, a segment or a run, or a result id: ``segment:{segment_id}:{run_id}`` or
    ``video:{video_id}:{run_id}``.
    ``field_path`` is a canonical leaf path such as ``people[].name``; it is for segments and results.
    """

    model_config = ConfigDict(frozen=True)

    type: MarkerTargetType
    id: str
    field_path: str | None = None


class MarkerInfo(BaseModel):
    """A marker as its target shows it. ``updated_at`` is ISO 8601 in UTC."""

    model_config = ConfigDict(frozen=True)

    marker_id: str
    color: MarkerColor | None = None
    note: str | None = None
    updated_at: str


class Marker(BaseModel):
    """A marker in the tenant's list. ``media_id`` is the medium of its target; None for a run."""

    marker_id: str
    tenant_id: str
    user_id: str
    target: MarkerTarget
    media_id: str | None
    color: MarkerColor | None = None
    note: str | None = None
    created_at: str
    updated_at: str

    @property
    def info(self) -> MarkerInfo:
        return MarkerInfo(
            marker_id=self.marker_id, color=self.color, note=self.note, updated_at=self.updated_at
        )


class TargetMarkers(BaseModel):
    """The markers of one target: its ``own``, and those of its fields by canonical path."""

    own: MarkerInfo | None = None
    fields: dict[str, MarkerInfo] = Field(default_factory=dict)

    @property
    def all(self) -> list[MarkerInfo]:
        return [*([self.own] if self.own else []), *self.fields.values()]

    def at(self, field_path: str | None) -> MarkerInfo | None:
        """Return the marker of the target (None) or of one of its fields."""
        return self.own if field_path is None else self.fields.get(field_path)

    def with_marker(self, field_path: str | None, info: MarkerInfo | None) -> "TargetMarkers":
        """Return a copy with the marker of the target (None) or of a field replaced, or removed (None)."""
        if field_path is None:
            return self.model_copy(update={"own": info})
        others = {path: each for path, each in self.fields.items() if path != field_path}
        return self.model_copy(update={"fields": others if info is None else {**others, field_path: info}})

    def over(self, subject: "TargetMarkers") -> "TargetMarkers":
        """Return the markers that a result shows: its own, and where it has none those of ``subject``, its
        segment or its medium."""
        return TargetMarkers(own=self.own or subject.own, fields={**subject.fields, **self.fields})


class MarkerTotal(BaseModel):
    """The number of markers of a tenant. Each transaction that changes it expects its version."""

    count: int = 0
