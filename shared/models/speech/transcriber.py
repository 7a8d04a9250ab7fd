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
from shared.models.speech.utterances import group_utterances
from shared.models.speech.voice_activity import SAMPLE_RATE
from shared.models.speech.windows import SpeechWindow, WindowTimeline, speech_windows
from shared.models.weights.locations import Weights, fingerprint
from shared.models.weights.sources import WHISPER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import Progress, Samples, TranscribedWindows

_LANGUAGE_SAMPLES = 30 * SAMPLE_RATE
_LANGUAGE_THRESHOLD = 0.5
_COMPRESSION_THRESHOLD = 2.4
"""Text with a higher gzip compression ratio is a repetition loop (threshold of the Whisper paper)."""
_LOG_PROBABILITY_THRESHOLD = -0.7
"""Mean log probability of the tokens below which a segment is doubtful."""
_NO_SPEECH_THRESHOLD = 0.5
"""Probability of no speech above which a doubtful segment is dropped."""
_RETRY_BEAM = 5


class WhisperTranscriber:
    """Implements ``shared.ports.models.Transcriber``.

    ``batch`` clips of up to 30 s are decoded together; each further clip is slightly faster and takes 50 to
    100 MB. ``beam`` is the width of the beam search. A window has ``window_clips`` clips of one language,
    which is detected from the first clip. ``threads`` is by default the number of processors, at most 8.
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
        is_packaged = digest == WHISPER.packaged["model.bin"].sha256
        return "whisper-base-int8" if is_packaged else f"whisper-int8@{digest[:12]}"

    def transcribe(
        self,
        audio: Iterator[Samples],
        progress: Progress | None = None,
        windows: TranscribedWindows | None = None,
    ) -> Transcript:
        """Transcribe audio. Times are seconds from the first sample; audio without speech gives no words."""
        counter = _SampleCounter(audio)
        words: list[Word] = []
        languages: Counter[str] = Counter()
        for window in speech_windows(counter, self._speech_detector.probabilities(), self._window_clips):
            transcribed = self._transcribe_window(window, languages, windows)
            languages[transcribed.language] += len(transcribed.words)
            words.extend(transcribed.words)
            if progress is not None:
                progress(window.end)
        if progress is not None:
            progress(counter.samples / SAMPLE_RATE)
        language = languages.most_common(1)[0][0] if words else None
        return Transcript(language=language, utterances=tuple(group_utterances(words)), model=self.model)

    def _transcribe_window(
        self, window: SpeechWindow, languages: Counter[str], windows: TranscribedWindows | None
    ) -> TranscribedWindow:
        """Return the stored window, or transcribe it.

        Only the language counts carry over from one window to the next, and a stored window has its language,
        so a stored window gives the same transcript.
        """
        known = windows.find(window.start, window.end) if windows else None
        if known is not None:
            return known
        language = self._language(window, languages)
        words = tuple(self._words(window, language))
        transcribed = TranscribedWindow(start=window.start, end=window.end, language=language, words=words)
        if windows is not None:
            windows.save(transcribed)
        return transcribed

    def _language(self, window: SpeechWindow, known: Counter[str]) -> str:
        """Detect the window's language; if uncertain, return the most frequent language so far."""
        features = self._language_features(window)
        language, probability, _ = self._whisper.detect_language(features=features)
        if probability < _LANGUAGE_THRESHOLD and known:
            return known.most_common(1)[0][0]
        return str(language)

    def _language_features(self, window: SpeechWindow) -> NDArray[np.float32]:
        """Return the features in which the language is detected. If the window has one clip, the clip is
        transcribed from the same features, so the model encodes it once."""
        import numpy as np

        extract = self._whisper.feature_extractor
        samples = window.samples()
        if len(window.clips) > 1:
            return np.asarray(extract(samples[:_LANGUAGE_SAMPLES]), np.float32)
        [(_, end)] = window.bounds()
        return np.asarray(extract(samples[: int(end * SAMPLE_RATE)])[..., :-1], np.float32)

    def _words(self, window: SpeechWindow, language: str) -> list[Word]:
        samples, timeline = window.samples(), window.timeline()
        words: list[Word] = []
        for segment in self._segments(samples, window.bounds(), language):
            if segment.compression_ratio > _COMPRESSION_THRESHOLD:
                bounds = _clip_bounds(segment, window)
                again = self._segments(samples, [bounds], language, retry=True)
                segments = [s for s in again if s.compression_ratio <= _COMPRESSION_THRESHOLD]
            else:
                segments = [segment]
            for accepted in segments:
                if not _is_silence(accepted):
                    words.extend(_word(word, timeline) for word in accepted.words or ())
        return words

    def _segments(
        self,
        samples: Samples,
        bounds: Sequence[tuple[float, float]],
        language: str,
        *,
        retry: bool = False,
    ) -> list[Any]:
        from faster_whisper import BatchedInferencePipeline

        # The pipeline keeps state between calls and the model does not: one pipeline per call is thread-safe.
        segments, _ = BatchedInferencePipeline(self._whisper).transcribe(
            samples,
            language=language,
            clip_timestamps=[{"start": start, "end": end} for start, end in bounds],
            beam_size=_RETRY_BEAM if retry else self._beam,
            no_repeat_ngram_size=3 if retry else 0,
            batch_size=self._batch,
            word_timestamps=True,
        )
        return list(segments)


class _SampleCounter:
    """Iterates over audio and counts the samples."""

    def __init__(self, audio: Iterator[Samples]) -> None:
        self._audio = audio
        self.samples = 0

    def __iter__(self) -> Iterator[Samples]:
        return self

    def __next__(self) -> Samples:
        chunk = next(self._audio)
        self.samples += len(chunk)
        return chunk


def _is_silence(segment: Any) -> bool:
    """Return whether Whisper is uncertain of the text and also reports that there is no speech."""
    is_doubtful = segment.avg_logprob < _LOG_PROBABILITY_THRESHOLD
    return bool(is_doubtful and segment.no_speech_prob > _NO_SPEECH_THRESHOLD)


def _clip_bounds(segment: Any, window: SpeechWindow) -> tuple[float, float]:
    middle = (segment.start + segment.end) / 2
    return min(window.bounds(), key=lambda bounds: abs((bounds[0] + bounds[1]) / 2 - middle))


def _word(word: Any, timeline: WindowTimeline) -> Word:
    start, end = timeline.to_medium_time(float(word.start), float(word.end))
    confidence = round(float(word.probability), 4)
    return Word(text=word.word, start=round(start, 3), end=round(end, 3), confidence=confidence)


def _load(weights: Weights, threads: int) -> Any:
    from shared.models.speech.whisper_model import ClipwiseWhisper

    folder = weights.require(WHISPER)["model.bin"].parent
    return ClipwiseWhisper(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
