"""The function that embeds queries, with nothing but its layer: no GPU, no OpenCV, no AWS client."""

import base64
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import skimage.data
from PIL import Image

from layers.build import build_layer
from shared.models.cpu_pack import cpu_models
from shared.settings import Settings

pytestmark = pytest.mark.slow

REPOSITORY: Final = Path(__file__).resolve().parents[2]
QUERY: Final = "a cat on a sofa"
MOST_SECONDS_TO_START: Final = 3.0
MOST_SECONDS_A_CALL: Final = 0.25

EMBED: Final = """
import json, resource, sys
class Context:
    aws_request_id = function_name = memory_limit_in_mb = invoked_function_arn = "x"
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
before = spent()
from functions.models.query_embedding.handler import handler
def call(**query):
    started = spent()
    return handler(query, Context()), spent() - started
started = spent() - before
words, first = call(words=sys.argv[1], in_pictures=True)
_, second = call(words="another " + sys.argv[1])
picture, first_picture = call(picture=open("picture").read(), field="image_data")
_, second_picture = call(picture=open("picture").read(), field="image_data")
print(json.dumps({
    "words": words["words"],
    "picture": picture["picture"],
    "seconds": [started, first, second, first_picture, second_picture],
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    "modules": sorted(sys.modules),
}))
"""


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a process with the layer alone makes of a query and a photograph."""
    folder = tmp_path_factory.mktemp("models")
    packages = build_layer("models", folder, here=True)
    content = io.BytesIO()
    Image.fromarray(_photograph()).save(content, "PNG")
    (folder / "picture").write_text(base64.b64encode(content.getvalue()).decode())
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
    text, picture = embedded["words"]["text"], embedded["picture"]
    assert text["space"] == worker.text_embedder.space.model_dump()
    assert picture["space"] == worker.image_embedder.space.model_dump()
    assert float(np.dot(text["vector"], worker.text_embedder.embed([QUERY])[0])) > 0.999
    assert float(np.dot(picture["vector"], worker.image_embedder.embed([_photograph()])[0])) > 0.99


def test_only_what_a_query_needs_is_loaded(embedded: Any) -> None:
    heavy = {"cv2", "av", "faster_whisper", "rapidocr", "huggingface_hub", "botocore", "fastapi"}
    assert not heavy & set(embedded["modules"])


def test_it_starts_within_the_patience_of_who_searches(embedded: Any) -> None:
    started, first, second, first_picture, second_picture = embedded["seconds"]
    print(
        f"processor seconds: start {started:.2f}, words {first:.3f} then {second:.3f}, "
        f"picture {first_picture:.2f} then {second_picture:.3f}; {embedded['megabytes']:.0f} MB of memory"
    )
    assert started < MOST_SECONDS_TO_START
    assert second < MOST_SECONDS_A_CALL
    assert second_picture < MOST_SECONDS_A_CALL
