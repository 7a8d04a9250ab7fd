"""The search function embeds queries by itself, with nothing but its layer: no GPU, no OpenCV."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import skimage.data

from layers.build import build_layer
from shared.models.cpu_pack import cpu_models
from shared.settings import Settings

pytestmark = pytest.mark.slow

REPOSITORY: Final = Path(__file__).resolve().parents[2]
QUERY: Final = "a cat on a sofa"

EMBED: Final = """
import json, sys, time
import numpy as np
from functions.api.search.handler import handler
started = time.perf_counter()
models = handler.runtime.models
text = models.text_embedder.embed([sys.argv[1]])[0]
seconds = time.perf_counter() - started
picture = models.picture_embedder.embed([np.load("picture.npy")])[0]
names = [models.text_embedder.space.name, models.picture_embedder.space.name]
heavy = sorted({"cv2", "av", "faster_whisper", "rapidocr", "huggingface_hub"} & set(sys.modules))
print(json.dumps([text.tolist(), picture.tolist(), names, heavy, seconds]))
"""


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a process with the search layer alone makes of a query and a photograph."""
    folder = tmp_path_factory.mktemp("search")
    packages = build_layer("search", folder, platform=None, python=sys.executable)
    np.save(folder / "picture.npy", _photograph())
    done = subprocess.run(
        [sys.executable, "-S", "-c", EMBED, QUERY],
        env={
            "PATH": os.defpath,
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONPATH": f"{packages}{os.pathsep}{REPOSITORY}",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def _photograph() -> Any:
    return np.asarray(skimage.data.chelsea())  # type: ignore[no-untyped-call]


def test_vectors_are_those_of_the_worker_that_indexed(embedded: Any, tmp_path: Path) -> None:
    worker = cpu_models(Settings(), tmp_path)
    text, picture, names, _, seconds = embedded
    print(f"first query ready after {seconds * 1000:.0f} ms")
    assert names == [worker.text_embedder.space.name, worker.picture_embedder.space.name]
    assert float(np.dot(text, worker.text_embedder.embed([QUERY])[0])) > 0.999
    assert float(np.dot(picture, worker.picture_embedder.embed([_photograph()])[0])) > 0.99


def test_only_what_a_query_needs_is_loaded(embedded: Any) -> None:
    assert embedded[3] == []
