"""Wire models of timelines. Times are seconds from the start of the medium, to a millisecond."""

from collections.abc import Sequence
from typing import Annotated, Final, Self

from pydantic import BaseModel, Field

from shared.domain.evidence import Shot, SpeechSpan, Utterance
from shared.domain.timeline import LineSpan, SeenFrame, TagSpan, Timeline
from shared.services.library.file_links import FileLinks

MAX_SPANS: Final = 8_000
"""Maximum number of lines of text in one response, and of tags. Lambda limits a response to 6 MB."""

_MAX_TEXT_CHARACTERS: Final = 150

TimedWord = Annotated[
    tuple[str, float, float, float],
    Field(description="Text, start, end and confidence. An array keeps long transcripts small."),
]
Box = tuple[float, float, float, float]


class TimelineSpan(BaseModel):
    """A span of time."""

    start: float
    end: float

    @classmethod
    def of(cls, span: Shot | SpeechSpan) -> Self:
        return cls(start=_seconds(span.start), end=_seconds(span.end))


class TimelineUtterance(TimelineSpan):
    """A span of transcribed speech without a long pause."""

    text: str
    words: list[TimedWord]

    @classmethod
    def said(cls, utterance: Utterance) -> Self:
        return cls(
            start=_seconds(utterance.start),
            end=_seconds(utterance.end),
            text=utterance.text,
            words=[
                (word.text.strip(), _seconds(word.start), _seconds(word.end), round(word.confidence, 2))
                for word in utterance.words
            ],
        )


class TimelineText(TimelineSpan):
    """A line of text while it is on screen at one place. ``box`` is left, top, right and bottom, as fractions
    of the picture."""

    text: str
    confidence: float
    box: Box

    @classmethod
    def read(cls, span: LineSpan) -> Self:
        left, top, right, bottom = (round(side, 4) for side in span.line.box)
        return cls(
            start=_seconds(span.start),
            end=_seconds(span.end),
            text=span.line.text[:_MAX_TEXT_CHARACTERS],
            confidence=round(span.line.confidence, 2),
            box=(left, top, right, bottom),
        )


class TimelineTag(TimelineSpan):
    """A label of the scene or of an object in it, while it applies."""

    label: str
    kind: str
    confidence: float

    @classmethod
    def seen(cls, span: TagSpan) -> Self:
        return cls(
            start=_seconds(span.start),
            end=_seconds(span.end),
            label=span.label,
            kind=span.kind,
            confidence=round(span.confidence, 2),
        )


class TimelineFrame(BaseModel):
    """An analysed frame. ``picture_uri`` is the durable URI of its JPEG, which ``POST /videos/signed-url``
    opens; ``shot`` is the position of its shot in ``shots``."""

    time: float
    shot: int
    picture_uri: str


class VideoTimeline(BaseModel):
    """What the models saw, heard and read in a medium, in order of time.

    ``analysed`` is false, and the rest empty, until a run has analysed the medium, or another one with the
    same bytes. ``frame_rate`` is in frames a second, or null for audio and pictures. ``language`` is an
    ISO 639-1 code, or null without transcribed speech. ``speech`` has the spans in which somebody speaks.
    ``text_lines`` and ``tags`` have at most 8,000 elements each;
    ``truncated`` says that there are more.
    """

    video_id: str
    analysed: bool
    frame_rate: float | None
    language: str | None
    shots: list[TimelineSpan]
    speech: list[TimelineSpan]
    utterances: list[TimelineUtterance]
    text_lines: list[TimelineText]
    tags: list[TimelineTag]
    frames: list[TimelineFrame]
    truncated: bool

    @classmethod
    def of(cls, video_id: str, found: Timeline, links: FileLinks) -> Self:
        return cls(
            video_id=video_id,
            analysed=found.analysed,
            frame_rate=found.frame_rate,
            language=found.language,
            shots=[TimelineSpan.of(shot) for shot in found.shots],
            speech=[TimelineSpan.of(span) for span in found.speech],
            utterances=[TimelineUtterance.said(each) for each in found.utterances],
            text_lines=[TimelineText.read(span) for span in found.text_lines[:MAX_SPANS]],
            tags=[TimelineTag.seen(span) for span in found.tags[:MAX_SPANS]],
            frames=_frames(found.frames, links),
            truncated=max(len(found.text_lines), len(found.tags)) > MAX_SPANS,
        )


def _frames(frames: Sequence[SeenFrame], links: FileLinks) -> list[TimelineFrame]:
    return [
        TimelineFrame(time=_seconds(each.timestamp), shot=each.shot, picture_uri=links.uri(each.picture))
        for each in frames
    ]


def _seconds(value: float) -> float:
    return round(value, 3)
