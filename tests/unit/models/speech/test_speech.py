"""Tests of voice activity, windows, utterances and the transcriber on the sample reel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.evidence import TranscribedWindow, Word
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.speech.transcriber import WhisperTranscriber
from shared.models.speech.utterances import group_utterances
from shared.models.speech.voice_activity import SpanFinder, SpanRules
from shared.models.speech.windows import Piece, SpeechWindow, speech_windows
from shared.models.weights.locations import Weights
from shared.ports.jobs import Interrupted

Audio = NDArray[np.float32]


def _chunks(audio: Audio, seconds: float = 30.0) -> Iterator[Audio]:
    step = int(seconds * 16_000)
    return (audio[i : i + step] for i in range(0, len(audio), step))


def _spans(finder: SpanFinder, probabilities: list[float]) -> list[tuple[int, int]]:
    return [*finder.feed(np.array(probabilities, np.float32)), *finder.finish()]


def test_span_has_hysteresis_and_minimum_length() -> None:
    rules = SpanRules(shortest=2, pause=3)
    assert _spans(SpanFinder(rules), [0.1, 0.9, 0.4, 0.4, 0.9, 0.1, 0.1, 0.1, 0.1]) == [(1, 5)]
    assert _spans(SpanFinder(rules), [0.1, 0.4, 0.45, 0.4, 0.1]) == []
    assert _spans(SpanFinder(rules), [0.9, 0.1, 0.1, 0.1, 0.1]) == [], "a click is not speech"


def test_long_span_is_cut_at_least_probable_frame() -> None:
    probabilities = [0.9] * 25 + [0.6] + [0.9] * 34
    spans = _spans(SpanFinder(SpanRules(shortest=2, longest=30)), probabilities)
    assert spans[0] == (0, 25)
    assert spans[-1][1] == 60
    assert all(a[1] == b[0] for a, b in pairwise(spans)), "the spans are contiguous"


def test_window_times_map_back_across_cut_pauses() -> None:
    second = np.zeros(16_000, np.float32)
    window = SpeechWindow(((Piece(16_000, second), Piece(160_000, second)),))
    assert window.bounds() == [(0.0, 2.0)]
    assert window.end == 11.0
    timeline = window.timeline()
    assert timeline.to_medium_time(0.25, 0.5) == (1.25, 1.5)
    assert timeline.to_medium_time(1.25, 1.5) == (10.25, 10.5)
    assert timeline.to_medium_time(0.8, 1.3) == pytest.approx((10.0, 10.3))
    assert timeline.to_medium_time(1.9, 2.4) == pytest.approx((10.9, 11.0))


def test_words_split_at_hyphen_are_joined_and_grouped_at_pause() -> None:
    spoken = [
        ("He", 0, 0.2),
        (" was", 0.2, 0.4),
        (" ill", 0.4, 0.6),
        ("-disposed.", 0.6, 1.0),
        (" Had", 2.5, 2.8),
    ]
    words = [Word(text=text, start=start, end=end, confidence=0.9) for text, start, end in spoken]
    first, second = group_utterances(words)
    assert (first.text, first.start, first.end) == ("He was ill-disposed.", 0, 1.0)
    assert [word.text for word in first.words] == ["He", "was", "ill-disposed."]
    assert second.text == "Had"


def test_speech_spans_are_independent_of_chunk_size(
    weights: Weights, reel_audio: Audio, truth: list[dict[str, Any]]
) -> None:
    detector = SileroSpeechDetector(weights)
    spans = detector.speech(_chunks(reel_audio))
    assert spans == detector.speech(_chunks(reel_audio, 0.77))
    for scene in (scene for scene in truth if scene["speech"]):
        speech_seconds = sum(max(0.0, min(s.end, scene["end"]) - max(s.start, scene["start"])) for s in spans)
        assert speech_seconds > 2.0, scene["speech"]
    silent = [(13.2, 17.7), (21.7, 26.3), (32.6, 37.2)]
    assert not [s for s in spans for start, end in silent if s.start < end and s.end > start]


def test_silence_and_noise_give_no_speech(weights: Weights) -> None:
    detector = SileroSpeechDetector(weights)
    noise = np.random.default_rng(0).normal(0, 0.05, 16_000 * 20).astype(np.float32)
    assert detector.speech(iter([np.zeros(16_000 * 20, np.float32), noise])) == []
    assert detector.speech(iter([])) == []


def test_windows_hold_only_speech_in_clips_below_30_s(weights: Weights, reel_audio: Audio) -> None:
    detector = SileroSpeechDetector(weights)
    long = np.concatenate([reel_audio] * 6)
    windows = list(speech_windows(_chunks(long), detector.probabilities(), 2))
    bounds = [bound for window in windows for bound in window.bounds()]
    assert all(end - start <= 29.6 for start, end in bounds)
    assert all(len(window.clips) <= 2 for window in windows)
    assert 90 < sum(len(window.samples()) for window in windows) / 16_000 < 170
    pieces = [piece for window in windows for clip in window.clips for piece in clip]
    assert all(a.end <= b.start for a, b in pairwise(pieces))


def _normalized_words(text: str) -> list[str]:
    return re.sub(r"[^a-z ]", "", text.lower().replace("-", " ").replace("mr.", "mister")).split()


@pytest.fixture(scope="module")
def transcriber(weights: Weights) -> WhisperTranscriber:
    return WhisperTranscriber(weights, SileroSpeechDetector(weights))


@pytest.mark.slow
def test_reel_is_transcribed_exactly_in_its_scenes(
    transcriber: WhisperTranscriber, reel_audio: Audio, truth: list[dict[str, Any]]
) -> None:
    done: list[float] = []

    def progress(seconds_done: float) -> None:
        done.append(seconds_done)

    transcript = transcriber.transcribe(_chunks(reel_audio), progress)
    assert transcript.language == "en"
    assert transcript.model == "whisper-base-int8"
    assert done == sorted(done)
    assert done[-1] == pytest.approx(44.16, abs=0.1)
    for scene in truth:
        actual = _normalized_words(transcript.between(scene["start"], scene["end"]))
        # The speaker says "a more a amiable"; the transcript leaves the second "a" out.
        expected = _normalized_words(scene["speech"].replace("more a amiable", "more amiable"))
        assert actual == expected, scene["shows"]
    words = [word for utterance in transcript.utterances for word in utterance.words]
    assert all(a.start <= b.start and a.start <= a.end for a, b in pairwise(words))


@pytest.mark.slow
def test_audio_without_speech_gives_no_utterances(transcriber: WhisperTranscriber, reel_audio: Audio) -> None:
    beat = np.arange(16_000 * 20) / 16_000
    music = sum(np.sin(2 * np.pi * pitch * beat) * 0.1 for pitch in (220.0, 277.2, 329.6))
    slides = np.concatenate([reel_audio[13 * 16_000 : 17 * 16_000], reel_audio[33 * 16_000 : 37 * 16_000]])
    for quiet in (np.zeros(16_000 * 40, np.float32), np.asarray(music, np.float32), slides):
        transcript = transcriber.transcribe(_chunks(quiet))
        assert transcript.utterances == ()
        assert transcript.language is None
    assert transcriber.transcribe(iter([])).utterances == ()


@pytest.mark.slow
def test_only_clip_is_encoded_once(
    transcriber: WhisperTranscriber, reel_audio: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from faster_whisper import WhisperModel

    encoded: list[Audio] = []
    encode = WhisperModel.encode

    def counted(model: Any, features: Audio) -> Any:
        encoded.append(features)
        return encode(model, features)

    first_sentence = reel_audio[: 13 * 16_000]
    before = transcriber.transcribe(_chunks(first_sentence))
    monkeypatch.setattr(WhisperModel, "encode", counted)
    monkeypatch.setattr(transcriber._whisper, "_last", None)
    assert transcriber.transcribe(_chunks(first_sentence)) == before
    assert before.utterances
    assert len(encoded) == 1


class _WindowStore:
    """Stores windows in memory and interrupts the work after ``max_new`` new windows."""

    def __init__(
        self, windows: dict[tuple[float, float], TranscribedWindow], max_new: int | None = None
    ) -> None:
        self.windows = windows
        self.new = 0
        self._max_new = max_new

    def find(self, start: float, end: float) -> TranscribedWindow | None:
        if self.new == self._max_new:
            raise Interrupted
        known = self.windows.get((start, end))
        return None if known is None else TranscribedWindow.model_validate_json(known.model_dump_json())

    def save(self, window: TranscribedWindow) -> None:
        self.new += 1
        self.windows[window.start, window.end] = window


@pytest.mark.slow
def test_interrupted_transcription_resumes_with_same_result(weights: Weights, reel_audio: Audio) -> None:
    transcriber = WhisperTranscriber(weights, SileroSpeechDetector(weights), window_clips=1)
    audio = np.concatenate([reel_audio] * 3)
    whole = _WindowStore({})
    uninterrupted = transcriber.transcribe(_chunks(audio), windows=whole)
    assert whole.new >= 3
    windows: dict[tuple[float, float], TranscribedWindow] = {}
    for _ in range(whole.new - 1):
        with pytest.raises(Interrupted):
            transcriber.transcribe(_chunks(audio), windows=_WindowStore(windows, max_new=1))
    last = _WindowStore(windows)
    assert transcriber.transcribe(_chunks(audio), windows=last) == uninterrupted
    assert (last.new, windows) == (1, whole.windows)
