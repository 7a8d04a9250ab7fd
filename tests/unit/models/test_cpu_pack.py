"""Tests of the CPU pack: cheap import, one load per model, bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shared.models.cpu_pack import cpu_models
from shared.settings import Settings

_HEAVY = ("numpy", "av", "cv2", "onnxruntime", "faster_whisper", "rapidocr", "ai_edge_litert", "tokenizers")


def test_building_pack_imports_no_heavy_library(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from shared.settings import Settings;"
        "from shared.models.cpu_pack import cpu_models; cpu_models(Settings(), Path(sys.argv[1]));"
        f"print([name for name in {_HEAVY!r} if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"


@pytest.mark.slow
def test_all_models_loaded_stay_below_900_mb(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
import numpy as np
from shared.models.cpu_pack import cpu_models
from shared.settings import Settings

pack = cpu_models(Settings(), Path(sys.argv[1]))
picture = np.full((360, 640, 3), 127, np.uint8)
pack.text_embedder.embed(["a cat"] * 32)
pack.tagger.tag([picture])
pack.image_embedder.embed([picture])
pack.reader.read(picture)
pack.speech_detector.speech(iter([np.zeros(480_000, np.float32)]))
pack.transcriber._whisper
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
"""
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc")
    printed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert int(printed) // 1024 < 900


def test_pack_contains_given_extractors(tmp_path: Path) -> None:
    pack = cpu_models(Settings(), tmp_path, extractors={})
    assert pack.extractors == {}
    assert pack.prompt_writer is None
