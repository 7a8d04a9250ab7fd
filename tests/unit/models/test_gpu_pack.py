"""What can be known of the models for a GPU where there is none."""

from pathlib import Path

import pytest

from shared.domain.errors import Unavailable
from shared.models.gpu_pack import gpu_models
from shared.models.gpu_transcriber import WHISPER_TURBO
from shared.models.onnx_session import cuda_session
from shared.settings import Settings
from tests.unit.models.tiny_onnx import image_tower

_GPU = Path("/dev/nvidiactl")

pytestmark = pytest.mark.skipif(_GPU.exists(), reason="there is a GPU here")


def test_pictures_are_never_embedded_on_the_cpu_by_mistake(tmp_path: Path) -> None:
    """ONNX Runtime would only log that CUDA is not to be had."""
    model = tmp_path / "model.onnx"
    model.write_bytes(image_tower(side=32))
    with pytest.raises(Unavailable) as refused:
        cuda_session(model, 1)
    assert refused.value.code == "model_gpu_missing"


def test_speech_needs_a_device_before_it_needs_weights(tmp_path: Path) -> None:
    transcriber = gpu_models(Settings(), tmp_path).transcriber
    with pytest.raises(Unavailable) as refused:
        transcriber._whisper()  # type: ignore[attr-defined]
    assert refused.value.code == "model_gpu_missing"


def test_the_hub_has_every_file_that_whisper_needs() -> None:
    from faster_whisper.utils import _MODELS

    assert WHISPER_TURBO.hub is not None
    assert WHISPER_TURBO.hub.repository == _MODELS["large-v3-turbo"]
    assert set(WHISPER_TURBO.hub.files) == set(WHISPER_TURBO.files)
