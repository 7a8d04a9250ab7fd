"""Protocols of the models that the pipeline uses. Each model has a name, which results record."""

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
from shared.ports.jobs import CheckStop, never_stop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    RgbImage = NDArray[np.uint8]
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
        windows: TranscribedWindows | None = None,
    ) -> Transcript:
        """Transcribe consecutive chunks of one medium, in memory bounded by a few minutes of audio.

        ``progress`` is called with the seconds done. Windows that ``windows`` contains are not transcribed
        again; the transcript is the same as without them.
        """
        ...


class TranscribedWindows(Protocol):
    """Stored windows of one medium, from the same transcriber's earlier attempts and this one."""

    def find(self, start: float, end: float) -> TranscribedWindow | None:
        """Return the stored window with these bounds. Called for each window before transcription."""
        ...

    def save(self, window: TranscribedWindow) -> None: ...


class SpeechDetector(Protocol):
    def speech(self, audio: Iterator[Samples]) -> list[SpeechSpan]: ...


class Progress(Protocol):
    def __call__(self, seconds_done: float) -> None: ...


class TextEmbedder(Protocol):
    @property
    def space(self) -> EmbeddingSpace: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class ImageEmbedder(Protocol):
    @property
    def space(self) -> EmbeddingSpace: ...

    def embed(self, images: Sequence[RgbImage]) -> Vectors: ...

    def embed_text(self, texts: Sequence[str]) -> Vectors | None:
        """Embed text in the same space; None if the model has no text side."""
        ...


class Reader(Protocol):
    """Reads text in images (OCR). A line with an empty text was seen but not read."""

    @property
    def model(self) -> str: ...

    def read(self, image: RgbImage) -> list[TextLine]: ...


class Tagger(Protocol):
    @property
    def model(self) -> str: ...

    def tag(self, images: Sequence[RgbImage]) -> list[list[Tag]]: ...


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    """A request to fill ``schema`` from ``evidence``. ``images`` are JPEG files of its frames."""

    instructions: str
    schema: dict[str, Any]
    evidence: SegmentEvidence
    images: Sequence[bytes] = ()
    purpose: CallPurpose = CallPurpose.METADATA_EXTRACTION
    segment_results: Sequence[dict[str, Any]] = ()
    """Results of the segments in order of time, for a media-wide result."""
    check_stop: CheckStop = never_stop
    """Called while a model loads or answers."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The result of an extraction. ``data`` is valid against the requested schema."""

    data: dict[str, Any]
    calls: Sequence[ModelCall] = ()
    warning: str | None = None


class ExtractionFailed(Exception):
    """There is no schema-valid answer. ``calls`` records the calls made."""

    def __init__(self, message: str, *, code: str, retryable: bool, calls: Sequence[ModelCall] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.calls = calls


KeySource = Callable[[], SecretStr | None]
"""Returns the key of a model's endpoint, or None if the endpoint needs none.

Raises:
    ExtractionFailed: the key exists but cannot be read.
    Unavailable: the key's store does not answer.
"""


class Extractor(Protocol):
    @property
    def model(self) -> str: ...

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Fill the request's schema.

        Raises:
            ExtractionFailed: there is no schema-valid answer.
            any exception of the request's ``check_stop``.
        """
        ...


class PromptWriter(Protocol):
    """Writes a prompt definition from a plain-language instruction."""

    @property
    def model(self) -> str: ...

    def define(self, instruction: str) -> PromptDefinition:
        """Write the definition.

        Raises:
            ExtractionFailed: there is no valid definition.
        """
        ...


@dataclass(frozen=True, slots=True)
class ModelPack:
    """All models of one runtime. Each loads its weights at first use."""

    transcriber: Transcriber
    speech_detector: SpeechDetector
    text_embedder: TextEmbedder
    image_embedder: ImageEmbedder
    reader: Reader
    tagger: Tagger
    extractors: dict[str, Extractor] = field(default_factory=dict)
    """Extractors by catalogue name; see ``shared.models.catalogue``."""
    prompt_writer: PromptWriter | None = None


__all__ = [
    "Extraction",
    "ExtractionFailed",
    "ExtractionRequest",
    "Extractor",
    "ImageEmbedder",
    "ModelPack",
    "Progress",
    "PromptWriter",
    "Reader",
    "SpeechDetector",
    "Tagger",
    "TextEmbedder",
    "TranscribedWindows",
    "Transcriber",
]
