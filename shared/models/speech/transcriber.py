"""Speech to text with Whisper on the CPU (CTranslate2, int8), batched, in bounded memory."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from shared.domain.evidence import TranscribedWindow, Transcript, Word
from shared.domain.lazy import lazy
from shared.models.onnx_session import processor_threads
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.speech.utterances import utterances
from shared.models.speech.voice_activity import SAMPLE_RATE
from shared.models.speech.windows import SpeechWindow, WindowTimeline, speech_windows
from shared.models.weights.locations import Weights, fingerprint
from shared.models.weights.sources import WHISPER

if TYPE_CHECKING:
    from shared.ports.models import Progress, Samples, TranscribedWindows

_HALF_MINUTE = 30 * SAMPLE_RATE
_SURE_LANGUAGE = 0.5
_LOOPING = 2.4
"""Text that gzip shrinks by more is a loop, not speech (the threshold of the Whisper paper)."""
_DOUBTFUL = -0.7
"""Mean log probability of the tokens below which speech is doubted."""
_SILENT = 0.5
"""Probability of no speech from which doubted speech is dropped."""
_PATIENT_BEAM = 5


class WhisperTranscriber:
    """Implements ``shared.ports.models.Transcriber``.

    ``batch`` clips of up to 30 s are decoded together; one more is somewhat faster and takes 50 to
    100 MB. ``beam`` is the width of the beam search. A window has ``window_clips`` clips of one language,
    which is told from the first of them.
    """

    def __init__(
        self,
        weights: Weights,
        speech_detector: SileroSpeechDetector,
        *,
        threads: int | None = None,
        batch: int = 2,
        beam: int = 2,
        window_clips: int = 4,
    ) -> None:
        self._weights = weights
        self._speech_detector = speech_detector
        self._batch = batch
        self._beam = beam
        self._window_clips = window_clips
        self._threads = threads

    @lazy
    def _whisper(self) -> Any:
        return _load(self._weights, self._threads or processor_threads(limit=8))

    @property
    def model(self) -> str:
        digest = fingerprint(self._weights.require(WHISPER)["model.bin"])
        is_ours = digest == WHISPER.packaged["model.bin"].sha256
        return "whisper-base-int8" if is_ours else f"whisper-int8@{digest[:12]}"

    def transcribe(
        self,
        audio: Iterator[Samples],
        progress: Progress | None = None,
        kept: TranscribedWindows | None = None,
    ) -> Transcript:
        """Times are seconds from the first sample. Where nobody speaks, nothing is heard."""
        counted = _Counted(audio)
        words: list[Word] = []
        languages: Counter[str] = Counter()
        for window in speech_windows(counted, self._speech_detector.probabilities(), self._window_clips):
            heard = self._heard(window, languages, kept)
            languages[heard.language] += len(heard.words)
            words.extend(heard.words)
            if progress is not None:
                progress(window.end)
        if progress is not None:
            progress(counted.samples / SAMPLE_RATE)
        spoken = languages.most_common(1)[0][0] if words else None
        return Transcript(language=spoken, utterances=tuple(utterances(words)), model=self.model)

    def _heard(
        self, window: SpeechWindow, languages: Counter[str], kept: TranscribedWindows | None
    ) -> TranscribedWindow:
        """Nothing else is taken from one window to the next, so a window that is known is as good."""
        known = kept.heard(window.start, window.end) if kept else None
        if known is not None:
            return known
        language = self._language(window, languages)
        words = tuple(self._words(window, language))
        heard = TranscribedWindow(start=window.start, end=window.end, language=language, words=words)
        if kept is not None:
            kept.keep(heard)
        return heard

    def _language(self, window: SpeechWindow, known: Counter[str]) -> str:
        """The window's own language where it is plain, else that of the speech before it."""
        language, probability, _ = self._whisper.detect_language(audio=window.samples()[:_HALF_MINUTE])
        if probability < _SURE_LANGUAGE and known:
            return known.most_common(1)[0][0]
        return str(language)

    def _words(self, window: SpeechWindow, language: str) -> list[Word]:
        samples, timeline = window.samples(), window.timeline()
        words: list[Word] = []
        for segment in self._segments(samples, window.bounds(), language):
            if segment.compression_ratio > _LOOPING:
                bounds = _bounds_of(segment, window)
                again = self._segments(samples, [bounds], language, patient=True)
                segments = [s for s in again if s.compression_ratio <= _LOOPING]
            else:
                segments = [segment]
            for kept in segments:
                if not (kept.avg_logprob < _DOUBTFUL and kept.no_speech_prob > _SILENT):
                    words.extend(_word(word, timeline) for word in kept.words or ())
        return words

    def _segments(
        self,
        samples: Samples,
        bounds: Sequence[tuple[float, float]],
        language: str,
        *,
        patient: bool = False,
    ) -> list[Any]:
        from faster_whisper import BatchedInferencePipeline

        # The pipeline keeps state between calls, the model does not: a pipeline each makes threads safe.
        segments, _ = BatchedInferencePipeline(self._whisper).transcribe(
            samples,
            language=language,
            clip_timestamps=[{"start": start, "end": end} for start, end in bounds],
            beam_size=_PATIENT_BEAM if patient else self._beam,
            no_repeat_ngram_size=3 if patient else 0,
            batch_size=self._batch,
            word_timestamps=True,
        )
        return list(segments)


class _Counted:
    """Counts the samples that pass."""

    def __init__(self, audio: Iterator[Samples]) -> None:
        self._audio = audio
        self.samples = 0

    def __iter__(self) -> Iterator[Samples]:
        return self

    def __next__(self) -> Samples:
        chunk = next(self._audio)
        self.samples += len(chunk)
        return chunk


def _bounds_of(segment: Any, window: SpeechWindow) -> tuple[float, float]:
    middle = (segment.start + segment.end) / 2
    return min(window.bounds(), key=lambda bounds: abs((bounds[0] + bounds[1]) / 2 - middle))


def _word(word: Any, timeline: WindowTimeline) -> Word:
    start, end = timeline.original(float(word.start), float(word.end))
    confidence = round(float(word.probability), 4)
    return Word(text=word.word, start=round(start, 3), end=round(end, 3), confidence=confidence)


def _load(weights: Weights, threads: int) -> Any:
    from shared.models.speech.whisper_model import ClipwiseWhisper

    folder = weights.require(WHISPER)["model.bin"].parent
    return ClipwiseWhisper(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
