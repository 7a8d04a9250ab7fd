"""Tests of the GPU pack that need no GPU."""

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

pytestmark = pytest.mark.skipif(_GPU.exists(), reason="this machine has a GPU")


def test_cuda_session_without_gpu_is_refused(tmp_path: Path) -> None:
    """ONNX Runtime alone would only log that CUDA is not available."""
    model = tmp_path / "model.onnx"
    model.write_bytes(image_tower(side=32))
    with pytest.raises(Unavailable) as refused:
        cuda_session(model, 1)
    assert refused.value.code == "model_gpu_missing"


def test_transcriber_checks_device_before_weights(tmp_path: Path) -> None:
    transcriber = gpu_models(Settings(), tmp_path).transcriber
    with pytest.raises(Unavailable) as refused:
        transcriber._whisper  # type: ignore[attr-defined] # noqa: B018
    assert refused.value.code == "model_gpu_missing"


def test_gpu_worker_extracts_with_its_own_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses the worker's runtime and frames of the sample reel."""
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
    request = ExtractionRequest("List.", schema_of(summary=STRING), CAFE, _jpeg_frames(reel, 6))
    try:
        assert extractor.extract(request).data == {"summary": "made up"}
    finally:
        extractor.stop()
    assert vllm_program.recorded(weights, vllm_program.ASKED) == [{"pictures": 4}]


def _jpeg_frames(film: Path, count: int) -> list[bytes]:
    with av.open(str(film)) as container:
        frames = itertools.islice(container.decode(video=0), count)
        return [_jpeg(frame) for frame in frames]


def _jpeg(frame: Any) -> bytes:
    buffer = io.BytesIO()
    frame.to_image().save(buffer, "JPEG")
    return buffer.getvalue()


def test_whisper_source_matches_faster_whisper() -> None:
    from faster_whisper.utils import _MODELS

    assert WHISPER_TURBO.hub is not None
    assert WHISPER_TURBO.hub.repository == _MODELS["large-v3-turbo"]
    assert set(WHISPER_TURBO.hub.files) == set(WHISPER_TURBO.files)
