"""Query embedding by the models of this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.domain.query.embedding import EmbeddedQuery, EmbeddedWords

if TYPE_CHECKING:
    from shared.domain.evidence import EmbeddingSpace
    from shared.ports.models import ModelPack, Vectors


class ModelQueryEmbedder:
    """Implements ``shared.ports.query_embedding.QueryEmbedder``."""

    def __init__(
        self, models: Callable[[], ModelPack], *, max_picture_bytes: int, max_picture_pixels: int
    ) -> None:
        self._models = models
        self._max_picture_bytes = max_picture_bytes
        self._max_picture_pixels = max_picture_pixels

    def words(self, words: str, *, in_pictures: bool) -> EmbeddedWords:
        models = self._models()
        joint = models.image_embedder.embed_text([words]) if in_pictures else None
        return EmbeddedWords(
            text=_first(models.text_embedder.embed([words]), models.text_embedder.space),
            pictures=None if joint is None else _first(joint, models.image_embedder.space),
        )

    def picture(self, picture: str, *, field: str) -> EmbeddedQuery:
        from shared.media.decode.query_image import decode_base64_image  # noqa: PLC0415 - imports numpy and Pillow

        pixels = decode_base64_image(
            picture, field=field, max_bytes=self._max_picture_bytes, max_pixels=self._max_picture_pixels
        )
        embedder = self._models().image_embedder
        return _first(embedder.embed([pixels]), embedder.space)


def _first(vectors: Vectors, space: EmbeddingSpace) -> EmbeddedQuery:
    return EmbeddedQuery(space=space, vector=tuple(vectors[0].tolist()))
