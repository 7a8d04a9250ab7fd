"""What the pipeline asks of models. Each model names itself, so results can say what made them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import SecretStr

from shared.domain.evidence import (
    EmbeddingSpace,
    SegmentEvidence,
    SpeechSpan,
    Tag,
    TextLine,
    TranscribedWindow,
    Transcript,
)
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import ModelCall
from shared.domain.runs.statuses import CallPurpose

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    """Height x width x 3, RGB."""

    Samples = NDArray[np.float32]
    """Mono audio at 16 kHz in -1..1."""

    Vectors = NDArray[np.float32]
    """Rows of unit length, n x dimension."""


class Transcriber(Protocol):
    @property
    def model(self) -> str: ...

    def transcribe(
        self,
        audio: Iterator[Samples],
        progress: Progress | None = None,
        kept: TranscribedWindows | None = None,
    ) -> Transcript:
        """Transcribe consecutive chunks of one medium; memory stays bounded by a few minutes.

        ``progress`` is called with seconds done. What ``kept`` has is not transcribed again, and the
        transcript is the same as if it had been.
        """
        ...


class TranscribedWindows(Protocol):
    """Windows of one medium that the same transcriber heard in an earlier try, and those of this one."""

    def heard(self, start: float, end: float) -> TranscribedWindow | None:
        """Asked for each window in order, before it is transcribed."""
        ...

    def keep(self, window: TranscribedWindow) -> None: ...


class SpeechDetector(Protocol):
    def speech(self, audio: Iterator[Samples]) -> list[SpeechSpan]: ...


class Progress(Protocol):
    def __call__(self, seconds_done: float) -> None: ...


class TextEmbedder(Protocol):
    @property
    def space(self) -> EmbeddingSpace: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class PictureEmbedder(Protocol):
    @property
    def space(self) -> EmbeddingSpace: ...

    def embed(self, pictures: Sequence[Picture]) -> Vectors: ...

    def embed_text(self, texts: Sequence[str]) -> Vectors | None:
        """Text in the same space, or None where the model has no text side."""
        ...


class Reader(Protocol):
    """Reads text in pictures (OCR)."""

    @property
    def model(self) -> str: ...

    def read(self, picture: Picture) -> list[TextLine]: ...


class Tagger(Protocol):
    @property
    def model(self) -> str: ...

    def tag(self, pictures: Sequence[Picture]) -> list[list[Tag]]: ...


CheckStop = Callable[[], None]
"""Asked now and then by whoever waits. Raises what ends the work, such as ``Interrupted``."""


def never_stop() -> None:
    """For work that nobody ends."""


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    """``schema`` is to be filled from ``evidence``; ``pictures`` are JPEG files of its frames."""

    instructions: str
    schema: dict[str, Any]
    evidence: SegmentEvidence
    pictures: Sequence[bytes] = ()
    purpose: CallPurpose = CallPurpose.METADATA_EXTRACTION
    segment_results: Sequence[dict[str, Any]] = ()
    """For a media-wide result: what was extracted from the segments, in order of time."""
    check_stop: CheckStop = never_stop
    """Asked while a model loads or answers."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """``data`` is valid against the schema that was asked for."""

    data: dict[str, Any]
    calls: Sequence[ModelCall] = ()
    warning: str | None = None


class ExtractionFailed(Exception):
    """No schema-valid answer could be had. ``calls`` are still worth keeping."""

    def __init__(self, message: str, *, code: str, retryable: bool, calls: Sequence[ModelCall] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.calls = calls


KeySource = Callable[[], SecretStr | None]
"""The key of a model's endpoint, or None where it asks for none. Raises: ExtractionFailed: it has one, and
it cannot be had; Unavailable: whoever keeps it does not answer."""


class Extractor(Protocol):
    @property
    def model(self) -> str: ...

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Raises: ExtractionFailed; what the request's ``check_stop`` raises."""
        ...


class PromptWriter(Protocol):
    """Turns plain words into a prompt definition."""

    @property
    def model(self) -> str: ...

    def define(self, instruction: str) -> PromptDefinition:
        """Raises: ExtractionFailed."""
        ...


@dataclass(frozen=True, slots=True)
class ModelPack:
    """Every model of one runtime. Members load their weights at first use."""

    transcriber: Transcriber
    speech_detector: SpeechDetector
    text_embedder: TextEmbedder
    picture_embedder: PictureEmbedder
    reader: Reader
    tagger: Tagger
    extractors: dict[str, Extractor] = field(default_factory=dict)
    """By catalogue name; see ``shared.models.catalogue``."""
    prompt_writer: PromptWriter | None = None


__all__ = [
    "Extraction",
    "ExtractionFailed",
    "ExtractionRequest",
    "Extractor",
    "ModelPack",
    "PictureEmbedder",
    "Progress",
    "PromptWriter",
    "Reader",
    "SpeechDetector",
    "Tagger",
    "TextEmbedder",
    "TranscribedWindows",
    "Transcriber",
]
