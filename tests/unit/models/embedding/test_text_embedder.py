"""Tests of sentence vectors: shape, meaning, independence of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from shared.models.embedding import text_embedder
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights


@pytest.fixture(scope="module")
def embedder(weights: Weights) -> MiniLmTextEmbedder:
    return MiniLmTextEmbedder(weights)


def test_space_names_weights_and_dimension(embedder: MiniLmTextEmbedder) -> None:
    assert embedder.space.name == "all-minilm-l6-v2@8199be6f699a/384"


def test_similar_meaning_gives_similar_vectors(embedder: MiniLmTextEmbedder) -> None:
    cat, kitten, invoice = embedder.embed(
        ["a cat sleeps", "the kitten is napping", "an invoice over 40 euros"]
    )
    assert cat @ kitten > 0.5
    assert cat @ invoice < 0.2


@pytest.mark.slow
def test_vector_is_independent_of_its_batch(embedder: MiniLmTextEmbedder) -> None:
    texts = ["rain in Oslo", "", "word " * 900, "ein Satz auf Deutsch", "\u6771\u4eac", "rain in Oslo"] * 12
    together = embedder.embed(texts)
    assert together.shape == (72, 384)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    for row, text in enumerate(texts[:6]):
        assert together[row] @ embedder.embed([text])[0] > 0.999
    assert embedder.embed([]).shape == (0, 384)


def test_changing_result_does_not_change_cache(embedder: MiniLmTextEmbedder) -> None:
    first = embedder.embed(["a red bicycle"])
    expected = first.copy()
    first *= 0
    np.testing.assert_array_equal(embedder.embed(["a red bicycle"]), expected)


def test_query_runs_once_with_its_own_tokens(
    embedder: MiniLmTextEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Padding to the longest text would cost 20 times as much. ``make bench`` has the time."""
    fed: list[tuple[int, ...]] = []
    pooled = text_embedder._mean_pooled

    def counted(session: Any, encoded: Sequence[Sequence[int]]) -> Any:
        fed.extend((len(encoded), len(ids)) for ids in encoded)
        return pooled(session, encoded)

    monkeypatch.setattr(text_embedder, "_mean_pooled", counted)
    embedder.embed(["a dog runs"])
    embedder.embed(["a dog runs"])
    assert fed == [(1, 5)]
