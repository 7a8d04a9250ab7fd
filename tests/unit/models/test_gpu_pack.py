"""What can be known of the models for a GPU where there is none."""

import io
import itertools
import os
from pathlib import Path
from typing import Any

import av
import pytest

from shared.domain.errors import Unavailable
from shared.models.gpu_pack import gpu_models
from shared.models.language.vllm_extractor import VllmExtractor
from shared.models.onnx_session import cuda_session
from shared.models.speech.cuda_transcriber import WHISPER_TURBO, CudaTranscriber
from shared.ports.models import ExtractionRequest
from shared.runtime.aws import aws_runtime
from shared.settings import Settings
from tests.unit.models import vllm_program
from tests.unit.models.evidence import CAFE, STRING, schema_of
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
        transcriber._whisper  # type: ignore[attr-defined] # noqa: B018
    assert refused.value.code == "model_gpu_missing"


def test_a_worker_with_a_gpu_extracts_with_its_own_vllm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the pack as the worker is given it, over pictures of the sample."""
    model, reel = "Qwen/Qwen3-VL-4B-Instruct", Path(__file__).parents[2] / "media" / "sample-reel.mp4"
    weights = tmp_path / "models" / "Qwen3-VL-4B-Instruct"
    weights.mkdir(parents=True)
    (weights / "config.json").write_text("{}")
    vllm_program.install(tmp_path)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{tmp_path}")
    settings = Settings(model_pack="gpu", vllm_model=model, model_folder=tmp_path / "models")
    runtime = aws_runtime(settings, worker=True)
    assert isinstance(runtime.ports.models.transcriber, CudaTranscriber)
    extractor = runtime.ports.models.extractors[runtime.runs.catalogue.resolve(None)]
    assert isinstance(extractor, VllmExtractor)
    request = ExtractionRequest("List.", schema_of(summary=STRING), CAFE, _pictures(reel, 6))
    try:
        assert extractor.extract(request).data == {"summary": "made up"}
    finally:
        extractor.stop()
    assert vllm_program.told(weights, vllm_program.ASKED) == [{"pictures": 4}]


def _pictures(film: Path, count: int) -> list[bytes]:
    with av.open(str(film)) as container:
        frames = itertools.islice(container.decode(video=0), count)
        return [_encoded(frame) for frame in frames]


def _encoded(frame: Any) -> bytes:
    buffer = io.BytesIO()
    frame.to_image().save(buffer, "JPEG")
    return buffer.getvalue()


def test_the_hub_has_every_file_that_whisper_needs() -> None:
    from faster_whisper.utils import _MODELS

    assert WHISPER_TURBO.hub is not None
    assert WHISPER_TURBO.hub.repository == _MODELS["large-v3-turbo"]
    assert set(WHISPER_TURBO.hub.files) == set(WHISPER_TURBO.files)
