"""The limit of pixels of a picture in a search."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from shared.domain.errors import InvalidRequest
from shared.ports.query_embedding import QueryEmbedder
from shared.runtime.local import local_runtime
from shared.runtime.query_embedding import cpu_query_embedder
from shared.settings import Settings


@pytest.mark.parametrize(
    ("search_pixels", "media_pixels"), [(100, 1000), (1000, 100)], ids=["search", "media"]
)
@pytest.mark.parametrize("is_function", [False, True])
def test_smaller_limit_of_pixels_applies_to_searches(
    tmp_path: Path, is_function: bool, search_pixels: int, media_pixels: int
) -> None:
    settings = Settings(
        data_folder=tmp_path, max_search_picture_pixels=search_pixels, max_picture_pixels=media_pixels
    )
    embedder: QueryEmbedder = (
        cpu_query_embedder(settings) if is_function else local_runtime(settings).ports.query_embedder
    )
    file = io.BytesIO()
    Image.new("RGB", (11, 10)).save(file, "PNG")
    with pytest.raises(InvalidRequest, match="at most 100 pixels"):
        embedder.picture(base64.b64encode(file.getvalue()).decode(), field="image_data")
