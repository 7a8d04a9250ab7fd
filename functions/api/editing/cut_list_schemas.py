"""Wire models of cut lists."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from shared.domain.editing.cut_list import (
    MAX_EVENTS,
    MAX_HANDLE_SECONDS,
    CutListFormat,
    CutListOptions,
)
from shared.domain.markers.marker import MarkerColor
from shared.services.exports.cut_lists.sources import ChosenPart, ChosenParts, MarkedParts, SegmentsOfRun

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
Seconds = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
RateName = Literal["23.976", "24", "25", "29.97", "30", "48", "50", "59.94", "60"]


class PartOfMedium(BaseModel):
    """A part of a medium: a segment by its id, or the span of ``start_seconds`` and ``end_seconds``."""

    video_id: Identifier
    segment_id: Identifier | None = None
    start_seconds: Seconds | None = None
    end_seconds: Seconds | None = None
    name: Name | None = None

    @model_validator(mode="after")
    def _is_one_part(self) -> Self:
        if self.segment_id is not None:
            if self.start_seconds is not None or self.end_seconds is not None:
                raise ValueError("give segment_id, or start_seconds and end_seconds, not both")
        elif self.start_seconds is None or self.end_seconds is None:
            raise ValueError("give segment_id, or start_seconds and end_seconds")
        elif self.end_seconds <= self.start_seconds:
            raise ValueError("end_seconds must be after start_seconds")
        return self


class SegmentsSource(BaseModel):
    """Parts in the order in which they are to be edited, such as the hits of a search."""

    type: Literal["segments"]
    segments: Annotated[list[PartOfMedium], Field(min_length=1, max_length=MAX_EVENTS)]

    def to_domain(self) -> ChosenParts:
        return ChosenParts(
            [
                ChosenPart(each.video_id, each.segment_id, each.start_seconds, each.end_seconds, each.name)
                for each in self.segments
            ]
        )


class RunSource(BaseModel):
    """All segments of a run, or those of ``video_ids``."""

    type: Literal["run"]
    run_id: Identifier
    video_ids: Annotated[list[Identifier], Field(min_length=1, max_length=100)] | None = None

    def to_domain(self) -> SegmentsOfRun:
        return SegmentsOfRun(self.run_id, self.video_ids)


class MarkersSource(BaseModel):
    """Marked segments, and marked media from start to end, in the order of media and time.

    ``index_id`` restricts them to media of an index, ``color`` to markers of a color.
    """

    type: Literal["markers"]
    index_id: Identifier | None = None
    color: MarkerColor | None = None

    def to_domain(self) -> MarkedParts:
        return MarkedParts(self.index_id, self.color)


Source = Annotated[SegmentsSource | RunSource | MarkersSource, Field(discriminator="type")]


class CutListRequest(BaseModel):
    """A cut list.

    ``frame_rate`` is required if the media have different ones; all positions are then rounded to it.
    ``drop_frame`` is true by default at 29.97 and 59.94. ``handles_seconds`` extends each part at both ends,
    inside its medium. ``reel_names`` and ``start_timecodes`` are by ``video_id``.
    """

    format: CutListFormat
    source: Source
    title: Name = "Cut list"
    frame_rate: RateName | None = None
    drop_frame: bool | None = None
    handles_seconds: Annotated[float, Field(ge=0, le=MAX_HANDLE_SECONDS, allow_inf_nan=False)] = 0.0
    reel_names: Annotated[dict[Identifier, str], Field(max_length=MAX_EVENTS)] = Field(default_factory=dict)
    start_timecodes: Annotated[dict[Identifier, str], Field(max_length=MAX_EVENTS)] = Field(
        default_factory=dict
    )

    def options(self) -> CutListOptions:
        return CutListOptions(
            title=self.title,
            frame_rate=self.frame_rate,
            drop_frame=self.drop_frame,
            handles_seconds=self.handles_seconds,
            reel_names=self.reel_names,
            start_timecodes=self.start_timecodes,
        )
