"""Contract of ``shared.ports.query_embedding.QueryEmbedder``, with real models in both runtimes."""

import base64
import io
from collections.abc import Callable
from typing import Final

import numpy as np
import pytest
import skimage.data
from PIL import Image

from shared.adapters.aws.query_embedding import LambdaQueryEmbedder
from shared.domain.errors import InvalidRequest
from shared.models.cpu_pack import cpu_models
from shared.ports.models import ModelPack
from shared.ports.query_embedding import QueryEmbedder
from shared.services.search.query_embedding import ModelQueryEmbedder
from shared.settings import Settings
from tests.aws import query_embedding_function
from tests.contract.conftest import AWS

WORDS: Final = "a cat on a sofa"
SETTINGS: Final = Settings()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ModelPack:
    """The models that a worker indexes with."""
    return cpu_models(SETTINGS, tmp_path_factory.mktemp("weights"))


def _in_process(models: ModelPack) -> QueryEmbedder:
    return ModelQueryEmbedder(
        lambda: models,
        max_picture_bytes=SETTINGS.max_search_picture_bytes,
        max_picture_pixels=SETTINGS.max_picture_pixels,
    )


def _in_lambda(_: ModelPack) -> QueryEmbedder:
    name = query_embedding_function.deployed()
    return LambdaQueryEmbedder(name, query_embedding_function.client(), lambda: None)


_EMBEDDERS: Final[dict[str, Callable[[ModelPack], QueryEmbedder]]] = {"local": _in_process, "aws": _in_lambda}


@pytest.fixture(params=["local", AWS])
def embedder(request: pytest.FixtureRequest, models: ModelPack) -> QueryEmbedder:
    return _EMBEDDERS[request.param](models)


def _photograph() -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.asarray(skimage.data.chelsea())).save(content, "PNG")  # type: ignore[no-untyped-call]
    return content.getvalue()


def test_words_are_embedded_in_indexed_space(embedder: QueryEmbedder, models: ModelPack) -> None:
    embedded = embedder.words(WORDS, in_pictures=True)
    assert embedded.text.space == models.text_embedder.space
    assert embedded.text.vector == tuple(models.text_embedder.embed([WORDS])[0].tolist())
    assert embedded.pictures is None  # the packaged classifier has no text side


def test_picture_has_vector_of_indexed_picture(embedder: QueryEmbedder, models: ModelPack) -> None:
    embedded = embedder.picture(base64.b64encode(_photograph()).decode(), field="image_data")
    indexed = models.image_embedder.embed([np.asarray(Image.open(io.BytesIO(_photograph())))])[0]
    assert embedded.space == models.image_embedder.space
    assert float(np.dot(embedded.vector, indexed)) > 0.9999


def test_picture_may_have_data_url_prefix(embedder: QueryEmbedder) -> None:
    plain = base64.b64encode(_photograph()).decode()
    with_head = embedder.picture(f"data:image/png;base64,{plain}", field="image_data")
    assert with_head == embedder.picture(plain, field="image_data")


@pytest.mark.parametrize("picture", ["not base64!", base64.b64encode(b"no picture").decode(), "data:,"])
def test_invalid_picture_is_refused_with_field_name(embedder: QueryEmbedder, picture: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        embedder.picture(picture, field="image_data")
    assert refused.value.field == "image_data"


def test_too_large_picture_is_refused_with_limit(embedder: QueryEmbedder) -> None:
    with pytest.raises(InvalidRequest, match=r"at most [\d,]+ bytes"):
        embedder.picture("A" * 12_000_000, field="image_data")
