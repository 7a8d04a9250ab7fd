"""Tests of sentence vectors: shape, meaning, independence of the batch."""

from __future__ import annotations

import time

import numpy as np
import pytest

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


@pytest.mark.slow
def test_query_is_embedded_within_10_ms(embedder: MiniLmTextEmbedder) -> None:
    durations = []
    for number in range(50):
        started = time.perf_counter()
        embedder.embed([f"somebody explains item {number} of the plan"])
        durations.append(time.perf_counter() - started)
    # The minimum of fifty is independent of the machine's other load.
    assert min(durations) < 0.010, "the budget of a whole search is 30 ms"
