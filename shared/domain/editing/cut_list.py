"""Cut lists: parts of media in the order in which they are to be edited.

Positions are frames of the list's rate. The source side counts from the start timecode of the medium, the
record side from that of the list, without gaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from shared.domain.editing.frame_rate import AUDIO_RATE, FrameRate, measured_rate, named_rate
from shared.domain.editing.reel_names import reel_names
from shared.domain.editing.timecode import frame_of, frames_per_day
from shared.domain.errors import InvalidRequest
from shared.domain.media import Media, MediaType

MAX_EVENTS: Final = 5000
MAX_EDL_EVENTS: Final = 999
"""The number of an event has three digits in CMX 3600."""

MAX_HANDLE_SECONDS: Final = 10.0
_RECORD_START: Final = "01:00:00:00"


class CutListFormat(StrEnum):
    EDL = "edl"
    FCPXML = "fcpxml"
    OTIO = "otio"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a medium as it is chosen, in seconds of the medium."""

    media_id: str
    start: float
    end: float
    name: str | None = None
    segment_id: str | None = None


@dataclass(frozen=True, slots=True)
class CutListOptions:
    """What a request may choose. None stands for a value that the media decide.

    ``reel_names`` and ``start_timecodes`` are by media id.
    """

    title: str = "Cut list"
    frame_rate: str | None = None
    drop_frame: bool | None = None
    handles_seconds: float = 0.0
    reel_names: Mapping[str, str] = field(default_factory=dict)
    start_timecodes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CutMedium:
    """A medium of a cut list. ``start`` and ``length`` are frames: the timecode of its first frame, and its
    duration. ``own_rate`` is the rate of its video, None for audio."""

    media: Media
    reel: str
    start: int
    length: int
    own_rate: FrameRate | None

    @property
    def has_video(self) -> bool:
        return self.media.media_type is MediaType.VIDEO

    @property
    def has_audio(self) -> bool:
        return self.media.has_audio or not self.has_video


@dataclass(frozen=True, slots=True)
class CutEvent:
    """An event. ``source_in`` to ``source_out`` and ``record_in`` to ``record_out`` are frames; the ends are
    exclusive."""

    number: int
    medium: CutMedium
    cut: Cut
    source_in: int
    source_out: int
    record_in: int

    @property
    def length(self) -> int:
        return self.source_out - self.source_in

    @property
    def record_out(self) -> int:
        return self.record_in + self.length

    @property
    def name(self) -> str:
        return self.cut.name or self.medium.media.title


@dataclass(frozen=True, slots=True)
class CutList:
    title: str
    rate: FrameRate
    drop_frame: bool
    events: tuple[CutEvent, ...]

    @property
    def media(self) -> list[CutMedium]:
        """The media in the order in which they are first used."""
        return list({event.medium.media.media_id: event.medium for event in self.events}.values())

    @property
    def start(self) -> int:
        """The first frame of the record side."""
        return self.events[0].record_in

    @property
    def length(self) -> int:
        return self.events[-1].record_out - self.start


def cut_list(cuts: Sequence[Cut], media: Mapping[str, Media], options: CutListOptions) -> CutList:
    """Build a cut list. Pictures have no duration and are left out.

    Raises:
        InvalidRequest: nothing is left (``cut_list_empty``), the media have different frame rates and the
            request names none (``mixed_frame_rates``), or another option does not fit.
    """
    used = [cut for cut in cuts if media[cut.media_id].duration_seconds is not None]
    if not used:
        raise InvalidRequest("source", "has no part of a video or audio medium", code="cut_list_empty")
    chosen = {cut.media_id: media[cut.media_id] for cut in used}
    rate = _list_rate(list(chosen.values()), options.frame_rate)
    drop_frame = _drops_frames(rate, options.drop_frame)
    start = frame_of(_RECORD_START, rate, drop_frame=drop_frame, field="start")
    described = _described(chosen, options, rate, drop_frame=drop_frame)
    events: list[CutEvent] = []
    for cut in used:
        record_in = events[-1].record_out if events else start
        events.append(_event(len(events) + 1, described[cut.media_id], cut, options, rate, record_in))
    if events[-1].record_out >= frames_per_day(rate, drop_frame=drop_frame):
        raise InvalidRequest("source", "is longer than timecode from 01:00:00:00 can count, 23 hours")
    return CutList(options.title, rate, drop_frame, tuple(events))


def _list_rate(media: Sequence[Media], named: str | None) -> FrameRate:
    if named is not None:
        return named_rate(named)
    rates = sorted({rate for each in media if (rate := _own_rate(each)) is not None})
    if len(rates) > 1:
        raise InvalidRequest(
            "frame_rate",
            f"is required, because the media have different ones: {', '.join(r.name for r in rates)}",
            code="mixed_frame_rates",
        )
    return rates[0] if rates else FrameRate(AUDIO_RATE)


def _own_rate(media: Media) -> FrameRate | None:
    return None if media.frame_rate is None else measured_rate(media.frame_rate)


def _drops_frames(rate: FrameRate, wanted: bool | None) -> bool:
    if wanted and not rate.has_drop_frame:
        raise InvalidRequest("drop_frame", f"exists at 29.97 and 59.94 frames a second, not at {rate.name}")
    return rate.has_drop_frame if wanted is None else wanted


def _described(
    media: Mapping[str, Media], options: CutListOptions, rate: FrameRate, *, drop_frame: bool
) -> dict[str, CutMedium]:
    reels = reel_names({media_id: each.title for media_id, each in media.items()}, options.reel_names)
    found = {}
    for media_id, each in media.items():
        length = max(1, int(Fraction(each.duration_seconds or 0.0) * rate.exact))
        given = options.start_timecodes.get(media_id)
        start = _start(each, rate)
        if given is not None:
            field_name = f"start_timecodes.{media_id}"
            start = frame_of(given, rate, drop_frame=drop_frame, field=field_name)
        if start + length >= frames_per_day(rate, drop_frame=drop_frame):
            raise InvalidRequest(f"start_timecodes.{media_id}", "lets the medium end after 24 hours")
        found[media_id] = CutMedium(each, reels[media_id], start, length, _own_rate(each))
    return found


def _start(media: Media, rate: FrameRate) -> int:
    """Return the frame of the imported file at which the medium starts: that of its part."""
    return rate.frames(media.source_start) if media.part_count > 1 else 0


def _event(
    number: int, medium: CutMedium, cut: Cut, options: CutListOptions, rate: FrameRate, record_in: int
) -> CutEvent:
    """Build an event: the cut and its handles, inside the medium, at least one frame long."""
    first = max(0, rate.frames(max(0.0, cut.start - options.handles_seconds)))
    first = min(first, medium.length - 1)
    last = min(rate.frames(cut.end + options.handles_seconds), medium.length)
    last = max(last, first + 1)
    return CutEvent(number, medium, cut, medium.start + first, medium.start + last, record_in)
