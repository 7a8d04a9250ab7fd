"""The timeline of a medium: when the models saw, heard and read what.

Times are seconds from the start of the medium. What successive frames of a shot share is one span. A picture
has no duration: its spans are all at 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from shared.domain.evidence import Frozen, Shot, SpeechSpan, Tag, TextLine, Utterance

_SAME_PLACE: Final = 0.02
"""Boxes whose sides all differ by less are at the same place, as a fraction of the picture."""


class SeenFrame(Frozen):
    """An analysed frame as it is stored, without its embedding."""

    timestamp: float
    shot: int
    picture: str
    text_lines: tuple[TextLine, ...] = ()
    tags: tuple[Tag, ...] = ()


class SeenPictures(Frozen):
    """A visual analysis as it is stored, without embeddings, which are most of its bytes."""

    shots: tuple[Shot, ...]
    frames: tuple[SeenFrame, ...]


@dataclass(frozen=True, slots=True)
class LineSpan:
    """A line of text while it is read at one place. The box and confidence are those of its first frame."""

    line: TextLine
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TagSpan:
    """A label while it applies. ``confidence`` is the highest of the span."""

    label: str
    kind: str
    confidence: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of a medium in time; empty until a run has analysed it.

    ``frame_rate`` is in frames a second, None for audio and pictures.
    """

    analysed: bool
    frame_rate: float | None = None
    language: str | None = None
    utterances: tuple[Utterance, ...] = ()
    speech: tuple[SpeechSpan, ...] = ()
    shots: tuple[Shot, ...] = ()
    frames: tuple[SeenFrame, ...] = ()
    text_lines: tuple[LineSpan, ...] = ()
    tags: tuple[TagSpan, ...] = ()


class _Shown(NamedTuple):
    """The time that a frame stands for: up to the next frame of its shot, or to the ends of the shot."""

    start: float
    end: float


def line_spans(pictures: SeenPictures) -> tuple[LineSpan, ...]:
    """Return the lines of text in the order of their start."""
    found: list[LineSpan] = []
    open_spans: dict[str, list[int]] = {}
    for frame, shown in _shown(pictures):
        still_open: dict[str, list[int]] = {}
        for line in frame.text_lines:
            if line.text == "":
                continue
            number = _continued(found, open_spans.get(line.text, []), line, shown)
            if number is None:
                found.append(LineSpan(line, shown.start, shown.end))
                number = len(found) - 1
            else:
                found[number] = LineSpan(found[number].line, found[number].start, shown.end)
            still_open.setdefault(line.text, []).append(number)
        open_spans = still_open
    return tuple(found)


def _continued(found: list[LineSpan], candidates: list[int], line: TextLine, shown: _Shown) -> int | None:
    """Return the number of the span that ``line`` continues; None if it begins one."""
    for number in candidates:
        span = found[number]
        moved = max(abs(a - b) for a, b in zip(span.line.box, line.box, strict=True))
        if span.end >= shown.start and moved < _SAME_PLACE:
            return number
    return None


def tag_spans(pictures: SeenPictures) -> tuple[TagSpan, ...]:
    """Return the tags in the order of their start."""
    found: list[TagSpan] = []
    last: dict[Hashable, int] = {}
    for frame, shown in _shown(pictures):
        for tag in {(each.label, each.kind): each for each in _by_confidence(frame.tags)}.values():
            number = last.get((tag.label, tag.kind))
            if number is not None and found[number].end >= shown.start:
                span = found[number]
                highest = max(span.confidence, tag.confidence)
                found[number] = TagSpan(span.label, span.kind, highest, span.start, shown.end)
            else:
                last[tag.label, tag.kind] = len(found)
                found.append(TagSpan(tag.label, tag.kind, tag.confidence, shown.start, shown.end))
    return tuple(found)


def _by_confidence(tags: Iterable[Tag]) -> list[Tag]:
    return sorted(tags, key=lambda tag: tag.confidence)


def _shown(pictures: SeenPictures) -> Iterator[tuple[SeenFrame, _Shown]]:
    """Yield the frames in order of time, each with the time that it stands for."""
    frames = sorted(pictures.frames, key=lambda frame: frame.timestamp)
    before: int | None = None
    for frame, following in pairwise([*frames, None]):
        if frame is None:
            continue
        shot = pictures.shots[frame.shot] if 0 <= frame.shot < len(pictures.shots) else None
        start = shot.start if shot and frame.shot != before else frame.timestamp
        end = shot.end if shot else frame.timestamp
        if following is not None and following.shot == frame.shot:
            end = following.timestamp
        before = frame.shot
        yield frame, _Shown(start, max(start, end))
