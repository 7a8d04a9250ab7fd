"""What the models saw and heard in a medium. Times are seconds from the medium's start."""

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Word(Frozen):
    text: str
    start: float
    end: float
    confidence: float


class Utterance(Frozen):
    """A stretch of speech without a long pause."""

    text: str
    start: float
    end: float
    words: tuple[Word, ...] = ()


class SpeechSpan(Frozen):
    """Where somebody speaks, whether or not it was transcribed."""

    start: float
    end: float


class TranscribedWindow(Frozen):
    """What a transcriber heard at a time: a stretch of up to some minutes between two pauses, or, where
    nobody pauses, two cuts. ``words`` carry their own blanks, as the model gave them."""

    start: float
    end: float
    language: str
    words: tuple[Word, ...]


class Transcript(Frozen):
    """``language`` is an ISO 639-1 code, or None where nobody speaks."""

    language: str | None
    utterances: tuple[Utterance, ...]
    model: str

    def between(self, start: float, end: float) -> str:
        """The words whose middle lies in [start, end), joined by blanks."""
        words = (word for utterance in self.utterances for word in utterance.words)
        return " ".join(w.text.strip() for w in words if start <= (w.start + w.end) / 2 < end)


class TextLine(Frozen):
    """A line of text in a picture; ``box`` is left, top, right, bottom in 0..1 of the picture."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]


class Tag(Frozen):
    """A label for a picture (``kind`` scene) or for a thing in it (``kind`` object)."""

    label: str
    confidence: float
    kind: str = "scene"


class EmbeddingSpace(Frozen):
    """Vectors are comparable inside one space only."""

    model: str
    version: str
    dimension: int

    @property
    def name(self) -> str:
        return f"{self.model}@{self.version}/{self.dimension}"


class Shot(Frozen):
    """A stretch of video without a cut."""

    start: float
    end: float


class FrameEvidence(Frozen):
    """One analysed picture. ``picture`` is the blob key of its JPEG."""

    timestamp: float
    shot: int
    picture: str
    text_lines: tuple[TextLine, ...] = ()
    tags: tuple[Tag, ...] = ()
    embedding: tuple[float, ...] | None = None
    embedding_error: str | None = None


class PictureEvidence(Frozen):
    """All that one decoding pass saw."""

    shots: tuple[Shot, ...]
    frames: tuple[FrameEvidence, ...]
    space: EmbeddingSpace | None = None
    preview_frames: str | None = Field(default=None, description="blob key of the preview strip")

    def between(self, start: float, end: float) -> tuple[FrameEvidence, ...]:
        """Frames inside [start, end). When none lies inside: the nearest one of the shot that is seen
        longest, as frames that look like their neighbours are not kept."""
        inside = tuple(f for f in self.frames if start <= f.timestamp < end)
        if inside or not self.frames:
            return inside
        seen = self._shot_seen_longest(start, end)
        candidates = [f for f in self.frames if f.shot == seen] or self.frames
        middle = (start + end) / 2
        return (min(candidates, key=lambda f: abs(f.timestamp - middle)),)

    def _shot_seen_longest(self, start: float, end: float) -> int:
        overlaps = [min(end, shot.end) - max(start, shot.start) for shot in self.shots]
        return max(range(len(overlaps)), key=overlaps.__getitem__, default=0)


class SegmentEvidence(Frozen):
    """What an extractor is given for one segment."""

    start: float
    end: float
    media_type: str
    title: str
    transcript: str = ""
    language: str | None = None
    utterances: tuple[Utterance, ...] = ()
    frames: tuple[FrameEvidence, ...] = ()
