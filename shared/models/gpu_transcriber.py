"""Speech to text with Whisper large-v3-turbo on a CUDA device (CTranslate2, half precision)."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from typing import Any, Final

from shared.models.lazy import Lazy
from shared.models.speech_detector import SileroSpeechDetector
from shared.models.transcriber import WhisperTranscriber
from shared.models.weights import Weights, WeightSource, fingerprint

WHISPER_TURBO: Final = WeightSource(
    name="whisper-large-v3-turbo",
    files=("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json", "vocabulary.json"),
)
"""As ``mobiuslabsgmbh/faster-whisper-large-v3-turbo`` lays them out: 128 mel bands, so its own
``preprocessor_config.json`` is needed."""

_BATCH: Final = 16
"""Clips of up to 30 s at a time: 6 GB in half precision."""

_BEAM: Final = 5


class CudaTranscriber(WhisperTranscriber):
    """Windows, languages and doubts are as on a CPU; only the model and its device differ."""

    def __init__(self, weights: Weights, speech_detector: SileroSpeechDetector) -> None:
        super().__init__(weights, speech_detector, batch=_BATCH, beam=_BEAM)
        self._whisper = Lazy(lambda: _load_on_cuda(weights))

    @property
    def model(self) -> str:
        digest = fingerprint(self._weights.require(WHISPER_TURBO)["model.bin"])
        return f"whisper-large-v3-turbo-float16@{digest[:12]}"


def _load_on_cuda(weights: Weights) -> Any:
    from shared.models.whisper_model import ClipwiseWhisper

    folder = weights.require(WHISPER_TURBO)["model.bin"].parent
    return ClipwiseWhisper(str(folder), device="cuda", compute_type="float16")
