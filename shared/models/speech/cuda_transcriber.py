"""Speech to text with Whisper large-v3-turbo on a CUDA device (CTranslate2, half precision)."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from typing import Any, Final

from shared.domain.errors import Unavailable
from shared.domain.lazy import lazy
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.speech.transcriber import WhisperTranscriber
from shared.models.weights.locations import HubRepository, Weights, WeightSource, fingerprint

_FILES: Final = ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json", "vocabulary.json")

WHISPER_TURBO: Final = WeightSource(
    name="whisper-large-v3-turbo",
    files=_FILES,
    hub=HubRepository("mobiuslabsgmbh/faster-whisper-large-v3-turbo", {name: name for name in _FILES}),
)
"""The repository that faster-whisper uses for ``large-v3-turbo``.

The model has 128 mel bands, so it needs its own ``preprocessor_config.json``.
"""

_BATCH: Final = 4
"""Clips of up to 30 s decoded together: all the clips of one window."""

_BEAM: Final = 5


class CudaTranscriber(WhisperTranscriber):
    """The Whisper transcriber on a GPU. Windows, languages and thresholds are those of the CPU."""

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
    """Load the model on the first CUDA device.

    Plain ``WhisperModel`` encodes clips together. ``ClipwiseWhisper`` saves memory on a CPU only, and it
    passes features through NumPy, which cannot read device memory.

    Raises:
        Unavailable: there is no CUDA device, or the weights are missing.
    """
    import ctranslate2

    if not ctranslate2.get_cuda_device_count():
        raise Unavailable("This machine has no CUDA device or no CUDA driver.", code="model_gpu_missing")
    from faster_whisper import WhisperModel

    folder = weights.require(WHISPER_TURBO)["model.bin"].parent
    return WhisperModel(str(folder), device="cuda", compute_type="float16")
