"""The query-embedding function with its layer only: no GPU, no OpenCV, no AWS client."""

import base64
import io
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import skimage.data
from PIL import Image

from layers.build import build_layer
from shared.models.cpu_pack import cpu_models
from shared.settings import Settings
from tests.aws import query_embedding_start
from tests.aws.query_embedding_start import Embedded, floor_seconds
from tests.measures import ratio_to_floor

pytestmark = pytest.mark.slow

QUERY: Final = "a cat on a sofa"
MOST_TIMES_THE_FLOOR: Final = 2.0
"""A ratio of 1.37 was measured."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the function's process, with a photograph."""
    made: Path = tmp_path_factory.mktemp("models")
    content = io.BytesIO()
    Image.fromarray(_photograph()).save(content, "PNG")
    (made / "picture").write_text(base64.b64encode(content.getvalue()).decode())
    return made


@pytest.fixture(scope="module")
def packages(folder: Path) -> Path:
    """The layer for this machine and this Python."""
    return build_layer("models", folder, here=True)


@pytest.fixture(scope="module")
def embedded(packages: Path, folder: Path) -> Embedded:
    """The vectors of a query and a photograph, from a process with the layer only."""
    return query_embedding_start.embedded(packages, folder, QUERY)


def _photograph() -> Any:
    return np.asarray(skimage.data.chelsea())  # type: ignore[no-untyped-call]


def test_vectors_match_those_of_worker(embedded: Embedded, tmp_path: Path) -> None:
    worker = cpu_models(Settings(), tmp_path)
    text, picture = embedded.words["text"], embedded.picture
    assert text["space"] == worker.text_embedder.space.model_dump()
    assert picture["space"] == worker.image_embedder.space.model_dump()
    assert float(np.dot(text["vector"], worker.text_embedder.embed([QUERY])[0])) > 0.999
    assert float(np.dot(picture["vector"], worker.image_embedder.embed([_photograph()])[0])) > 0.99


def test_only_modules_for_queries_are_loaded(embedded: Embedded) -> None:
    heavy = {"cv2", "av", "faster_whisper", "rapidocr", "huggingface_hub", "botocore", "fastapi"}
    assert not heavy & embedded.modules


def test_models_load_once_and_text_model_loads_at_start(embedded: Embedded) -> None:
    words, other_words, picture, picture_again = embedded.calls
    assert [call.loads for call in (words, other_words, picture, picture_again)] == [0, 0, 1, 0]


def test_start_stays_within_ratio_to_floor(packages: Path, folder: Path) -> None:
    ratio = ratio_to_floor(
        lambda: query_embedding_start.embedded(packages, folder, QUERY).start_seconds,
        lambda: floor_seconds(packages, folder),
        most=MOST_TIMES_THE_FLOOR,
    )
    print(f"the start takes {ratio:.2f} times the floor")
    assert ratio <= MOST_TIMES_THE_FLOOR


def test_warm_call_costs_at_most_half_of_start(packages: Path, folder: Path) -> None:
    found: list[Embedded] = []

    def start() -> float:
        found.append(query_embedding_start.embedded(packages, folder, QUERY))
        return found[-1].start_seconds

    def warm_call() -> float:
        return max(found[-1].calls[1].seconds, found[-1].calls[3].seconds)

    assert ratio_to_floor(warm_call, start, most=0.5) <= 0.5
