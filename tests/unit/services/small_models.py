"""Small deterministic models for tests of the pipeline's logic. The transcriber returns a word every half
second, the reader returns the name of an image's colour, and the models count their calls."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shared.domain.clock import timestamp
from shared.domain.evidence import (
    EmbeddingSpace,
    SpeechSpan,
    Tag,
    TextLine,
    TranscribedWindow,
    Transcript,
    Utterance,
    Word,
)
from shared.domain.ids import MODEL_CALL, new_id
from shared.domain.runs.prompt_run import ModelCall
from shared.domain.runs.statuses import CallStatus
from shared.ports.jobs import Interrupted
from shared.ports.models import (
    Extraction,
    ExtractionFailed,
    ExtractionRequest,
    ModelPack,
    Progress,
    TranscribedWindows,
)

if TYPE_CHECKING:
    from shared.ports.models import RgbImage, Samples, Vectors

SPACE = EmbeddingSpace(model="test", version="1", dimension=4)
COLOURS = ("red", "green", "blue")


def colour(image: RgbImage) -> str:
    quarter = image[image.shape[0] // 2 :, image.shape[1] // 2 :]
    return COLOURS[int(quarter.reshape(-1, 3).mean(axis=0).argmax())]


@dataclass
class Transcriber:
    """Transcribes in windows of one second."""

    model: str = "small-transcriber"
    calls: int = 0
    windows: int = 0
    error: Exception | None = None
    stop_before: int | None = None
    """The start of the window before which the work is asked to stop."""

    def transcribe(
        self,
        audio: Iterator[Samples],
        progress: Progress | None = None,
        windows: TranscribedWindows | None = None,
    ) -> Transcript:
        self.calls += 1
        seconds = sum(len(chunk) for chunk in audio) / 16000
        if self.error is not None:
            raise self.error
        words: tuple[Word, ...] = ()
        for start in range(math.ceil(seconds)):
            end = min(start + 1.0, seconds)
            stored = windows.find(start, end) if windows else None
            words += (stored or self._window(start, end, seconds, windows)).words
        spoken = Utterance(text=" ".join(w.text for w in words), start=0.0, end=seconds, words=words)
        return Transcript(language="en", utterances=(spoken,), model=self.model)

    def _window(
        self, start: int, end: float, seconds: float, windows: TranscribedWindows | None
    ) -> TranscribedWindow:
        if start == self.stop_before:
            raise Interrupted
        self.windows += 1
        words = tuple(
            Word(text=f"word{i}", start=i / 2, end=i / 2 + 0.3, confidence=0.9)
            for i in range(2 * start, min(2 * start + 2, int(seconds * 2)))
        )
        window = TranscribedWindow(start=start, end=end, language="en", words=words)
        if windows is not None:
            windows.save(window)
        return window


@dataclass
class Detector:
    calls: int = 0

    def speech(self, audio: Iterator[Samples]) -> list[SpeechSpan]:
        self.calls += 1
        return [SpeechSpan(start=0.0, end=sum(len(chunk) for chunk in audio) / 16000)]


@dataclass
class TextEmbedder:
    space: EmbeddingSpace = SPACE
    texts: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return np.stack([_vector(text) for text in texts])


@dataclass
class ImageEmbedder:
    space: EmbeddingSpace = SPACE
    images_embedded: int = 0
    broken: bool = False

    def embed(self, images: Sequence[RgbImage]) -> Vectors:
        if self.broken:
            raise RuntimeError("out of memory")
        self.images_embedded += len(images)
        return np.stack([_vector(colour(image)) for image in images])

    def embed_text(self, texts: Sequence[str]) -> Vectors | None:
        return None


@dataclass
class Reader:
    model: str = "small-reader"
    images_read: int = 0

    def read(self, image: RgbImage) -> list[TextLine]:
        self.images_read += 1
        return [TextLine(text=f"IT IS {colour(image).upper()}", confidence=0.95, box=(0.0, 0.0, 1.0, 0.2))]


@dataclass
class Tagger:
    model: str = "small-tagger"

    def tag(self, images: Sequence[RgbImage]) -> list[list[Tag]]:
        return [[Tag(label=f"{colour(image)} wall", confidence=0.8)] for image in images]


@dataclass
class Extractor:
    """Fails for segments that start at a second in ``broken_at``."""

    model: str = "small-extractor"
    broken_at: set[float] = field(default_factory=set)
    requests: list[ExtractionRequest] = field(default_factory=list)

    def extract(self, request: ExtractionRequest) -> Extraction:
        self.requests.append(request)
        evidence = request.evidence
        call = ModelCall(
            call_id=new_id(MODEL_CALL),
            model=self.model,
            purpose=request.purpose,
            status=CallStatus.SUCCESS,
            input_tokens=3,
            output_tokens=4,
            invoked_at=timestamp(),
        )
        if evidence.start in self.broken_at:
            failed = call.model_copy(update={"status": CallStatus.FAILED})
            raise ExtractionFailed("no valid answer", code="invalid_answer", retryable=True, calls=[failed])
        lines = [line.text for frame in evidence.frames for line in frame.text_lines]
        data: dict[str, Any] = {"lines": lines, "words": len(evidence.transcript.split())}
        if request.segment_results:
            data = {"parts": [result.get("words", -1) for result in request.segment_results]}
        return Extraction(data, [call])


@dataclass
class SmallModels:
    transcriber: Transcriber = field(default_factory=Transcriber)
    detector: Detector = field(default_factory=Detector)
    text: TextEmbedder = field(default_factory=TextEmbedder)
    images: ImageEmbedder = field(default_factory=ImageEmbedder)
    reader: Reader = field(default_factory=Reader)
    extractor: Extractor = field(default_factory=Extractor)

    def pack(self, name: str = "small") -> ModelPack:
        """Return the models as a pack. ``name`` is the catalogue name of the extractor."""
        return ModelPack(
            transcriber=self.transcriber,
            speech_detector=self.detector,
            text_embedder=self.text,
            image_embedder=self.images,
            reader=self.reader,
            tagger=Tagger(),
            extractors={name: self.extractor},
        )


def _vector(text: str) -> Any:
    numbers = np.frombuffer(hashlib.sha256(text.encode()).digest()[:4], np.uint8).astype(np.float32) + 1
    return numbers / np.linalg.norm(numbers)
