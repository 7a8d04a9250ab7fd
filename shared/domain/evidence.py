"""Evidence: the output of the speech and vision models for a medium.

Times are seconds from the start of the medium.
"""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Base class of immutable models."""

    model_config = ConfigDict(frozen=True)


class Word(Frozen):
    """A transcribed word."""

    text: str
    start: float
    end: float
    confidence: float


class Utterance(Frozen):
    """A span of transcribed speech without a long pause."""

    text: str
    start: float
    end: float
    words: tuple[Word, ...] = ()


class SpeechSpan(Frozen):
    """A span in which voice activity is detected, whether it is transcribed or not."""

    start: float
    end: float


class TranscribedWindow(Frozen):
    """The output of one call of the transcriber.

    A window is up to a few minutes long. It ends at pauses, or at cuts where speech has no pause. The
    texts of ``words`` contain their own blanks, as the model returns them.
    """

    start: float
    end: float
    language: str
    words: tuple[Word, ...]


class Transcript(Frozen):
    """The transcript of a medium. ``language`` is an ISO 639-1 code, or None without speech."""

    language: str | None
    utterances: tuple[Utterance, ...]
    model: str

    def between(self, start: float, end: float) -> str:
        """Return the words whose midpoint lies in [start, end), joined by blanks."""
        words = (word for utterance in self.utterances for word in utterance.words)
        return " ".join(w.text.strip() for w in words if start <= (w.start + w.end) / 2 < end)


_MIN_GREEK_LETTERS: Final = 4
"""Small Greek letters from which a line counts as Greek text."""


class TextLine(Frozen):
    """A line of text in a picture. ``box`` is left, top, right, bottom, as fractions of the picture."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]

    @property
    def is_read(self) -> bool:
        """Return whether the whole line was read. The reader knows Greek letters without accents only, so it
        leaves a letter out of nearly every Greek word; symbols in formulas are read."""
        greek = sum("\u03b1" <= character <= "\u03c9" for character in self.text)
        return self.text != "" and greek < _MIN_GREEK_LETTERS


class Tag(Frozen):
    """A label for a picture (``kind`` is scene) or for an object in it (``kind`` is object)."""

    label: str
    confidence: float
    kind: str = "scene"


class EmbeddingSpace(Frozen):
    """The model, version and dimension of vectors. Only vectors of the same space can be compared."""

    model: str
    version: str
    dimension: int

    @property
    def name(self) -> str:
        return f"{self.model}@{self.version}/{self.dimension}"


class Shot(Frozen):
    """A span of video without a cut."""

    start: float
    end: float


class FrameEvidence(Frozen):
    """One analysed frame. ``picture`` is the blob key of its JPEG, ``shot`` the number of its shot.

    ``quality`` tells how much the frame shows, from 0 to about 1. Evidence of earlier versions has none.
    ``unread_lines`` counts the lines of text that were seen but not read, or not wholly.
    """

    timestamp: float
    shot: int
    picture: str
    text_lines: tuple[TextLine, ...] = ()
    unread_lines: int = 0
    tags: tuple[Tag, ...] = ()
    embedding: tuple[float, ...] | None = None
    embedding_error: str | None = None
    quality: float | None = None


class PictureEvidence(Frozen):
    """Shots and analysed frames from one decoding pass over a medium."""

    shots: tuple[Shot, ...]
    frames: tuple[FrameEvidence, ...]
    space: EmbeddingSpace | None = None
    preview_frames: str | None = Field(default=None, description="blob key of the preview strip")

    def between(self, start: float, end: float) -> tuple[FrameEvidence, ...]:
        """Return the frames inside [start, end).

        If there is none, return the frame nearest to the midpoint, from the shot with the longest
        overlap. Analysis drops frames that look like their neighbours, so a span may contain no frame.
        """
        inside = tuple(f for f in self.frames if start <= f.timestamp < end)
        if inside or not self.frames:
            return inside
        shot = self._shot_with_longest_overlap(start, end)
        candidates = [f for f in self.frames if f.shot == shot] or self.frames
        middle = (start + end) / 2
        return (min(candidates, key=lambda f: abs(f.timestamp - middle)),)

    def _shot_with_longest_overlap(self, start: float, end: float) -> int:
        overlaps = [min(end, shot.end) - max(start, shot.start) for shot in self.shots]
        return max(range(len(overlaps)), key=overlaps.__getitem__, default=0)


class SegmentEvidence(Frozen):
    """The input of an extractor for one segment."""

    start: float
    end: float
    media_type: str
    title: str
    transcript: str = ""
    language: str | None = None
    utterances: tuple[Utterance, ...] = ()
    frames: tuple[FrameEvidence, ...] = ()
