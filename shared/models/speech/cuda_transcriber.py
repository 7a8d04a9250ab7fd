"""Speech to text with Whisper large-v3-turbo on a CUDA device (CTranslate2, half precision)."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from typing import Any, Final

from shared.domain.errors import Unavailable
from shared.domain.lazy import lazy
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.speech.transcriber import WhisperTranscriber
from shared.models.weights.locations import Hub, Weights, WeightSource, fingerprint

_FILES: Final = ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json", "vocabulary.json")

WHISPER_TURBO: Final = WeightSource(
    name="whisper-large-v3-turbo",
    files=_FILES,
    hub=Hub("mobiuslabsgmbh/faster-whisper-large-v3-turbo", {name: name for name in _FILES}),
)
"""The repository that faster-whisper itself means by ``large-v3-turbo``: 128 mel bands, so its own
``preprocessor_config.json`` is needed."""

_BATCH: Final = 4
"""Clips of up to 30 s at a time: as many as a window of one language has."""

_BEAM: Final = 5


class CudaTranscriber(WhisperTranscriber):
    """Windows, languages and doubts are as on a CPU; only the model and its device differ."""

    def __init__(self, weights: Weights, speech_detector: SileroSpeechDetector) -> None:
        super().__init__(weights, speech_detector, batch=_BATCH, beam=_BEAM, window_clips=_BATCH)

    @lazy
    def _whisper(self) -> Any:
        return _load_on_cuda(self._weights)

    @property
    def model(self) -> str:
        digest = fingerprint(self._weights.require(WHISPER_TURBO)["model.bin"])
        return f"whisper-large-v3-turbo-float16@{digest[:12]}"


def _load_on_cuda(weights: Weights) -> Any:
    """Clips are encoded together: on a CPU that only takes memory, and ``whisper_model`` passes them
    through NumPy, which cannot read a device's memory. Raises: Unavailable."""
    import ctranslate2

    if not ctranslate2.get_cuda_device_count():
        raise Unavailable("There is no CUDA device here, or no driver for it.", code="model_gpu_missing")
    from faster_whisper import WhisperModel

    folder = weights.require(WHISPER_TURBO)["model.bin"].parent
    return WhisperModel(str(folder), device="cuda", compute_type="float16")
