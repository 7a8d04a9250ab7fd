"""Documents for the contract of the search index, with small synthetic vectors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.leaves import leaves
from shared.ports.search_index import Level, PicturePassage, SearchDocument, TextPassage

DIMENSION = 64
TEXT_SPACE = EmbeddingSpace(model="text", version="1", dimension=DIMENSION)
PICTURE_SPACE = EmbeddingSpace(model="picture", version="1", dimension=DIMENSION)

Vector = NDArray[np.float32]


def direction(seed: int, dimension: int = DIMENSION) -> Vector:
    """Return a unit vector that depends on ``seed``. Vectors of two seeds are nearly orthogonal."""
    return unit(np.random.default_rng(seed).standard_normal(dimension))


def between(first: Vector, second: Vector, share: float) -> Vector:
    """Return a unit vector between the two, with the weight ``share`` (0..1) of ``first``."""
    return unit(share * first + (1 - share) * second)


def unit(vector: NDArray[Any]) -> Vector:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def passage(
    text: str, vector: Vector, path: str = "description", instance: str | None = None, weight: float = 1.0
) -> TextPassage:
    return TextPassage(path, instance or path, text, vector, weight)


def document(
    result_id: str,
    *,
    tenant: str = "tenant",
    index: str = "index",
    run: str = "run",
    media: str = "media",
    level: Level = Level.SEGMENT,
    executed_at: str = "2026-01-01T00:00:00.000Z",
    data: Mapping[str, Any] | None = None,
    passages: Sequence[TextPassage] = (),
    pictures: Sequence[PicturePassage] = (),
) -> SearchDocument:
    return SearchDocument(
        result_id=result_id,
        tenant_id=tenant,
        index_id=index,
        run_id=run,
        media_id=media,
        segment_id=f"segment-of-{result_id}",
        level=level,
        start=0.0,
        executed_at=executed_at,
        leaves=leaves(data or {}),
        passages=passages,
        pictures=pictures,
    )
