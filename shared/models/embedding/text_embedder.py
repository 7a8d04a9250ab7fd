"""Sentence embeddings with MiniLM (all-MiniLM-L6-v2, int8 ONNX) on the CPU."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.domain.evidence import EmbeddingSpace
from shared.domain.lazy import lazy
from shared.models.onnx_session import cpu_session, processor_threads
from shared.models.weights.locations import Weights, fingerprint
from shared.models.weights.sources import TEXT_EMBEDDER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import Vectors

_MAX_TOKENS = 256
"""Input limit of the model's training. Longer texts are truncated."""
_BATCH_ROWS = 32
_BATCH_TOKENS = 512
"""Limits of rows and of padded tokens per batch. Larger batches are slower and take up to 600 MB."""
_CACHE_SIZE = 512
"""Texts whose vectors are cached: a query repeats while a client pages through its results."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    tokenizer: Any
    session: Any
    version: str

    @property
    def dimension(self) -> int:
        return int(self.session.get_outputs()[0].shape[-1])


class MiniLmTextEmbedder:
    """Implements ``shared.ports.models.TextEmbedder``: mean pooling, rows of unit length.

    Each batch runs on one thread: a single batch on the caller's thread, several on a pool of ``threads``.
    This is faster than threads within a batch, and a query does not wait for the pool. All threads share one
    copy of the weights.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self._weights = weights
        self._thread_count = threads
        self._cache: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    @lazy
    def _loaded(self) -> _Loaded:
        return _load(self._weights)

    @lazy
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._thread_count or processor_threads(), thread_name_prefix="embed")

    @property
    def space(self) -> EmbeddingSpace:
        loaded = self._loaded
        return EmbeddingSpace(model="all-minilm-l6-v2", version=loaded.version, dimension=loaded.dimension)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text. A text without words gets the vector of the empty sentence."""
        import numpy as np

        if not texts:
            return np.zeros((0, self._loaded.dimension), np.float32)
        if len(texts) == 1:
            return self._embed_cached(texts[0])[np.newaxis].copy()
        return self._embed_batches(texts)

    def _embed_cached(self, text: str) -> NDArray[np.float32]:
        with self._lock:
            if text in self._cache:
                self._cache.move_to_end(text)
                return self._cache[text]
        vector: NDArray[np.float32] = self._embed_batches([text])[0]
        with self._lock:
            self._cache[text] = vector
            while len(self._cache) > _CACHE_SIZE:
                self._cache.popitem(last=False)
        return vector

    def _embed_batches(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        loaded = self._loaded
        encoded = [encoding.ids for encoding in loaded.tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(texts), loaded.dimension), np.float32)

        def fill(rows: list[int]) -> None:
            vectors[rows] = _mean_pooled(loaded.session, [encoded[row] for row in rows])

        batches = list(_batches([len(ids) for ids in encoded]))
        if len(batches) == 1:
            fill(batches[0])
        else:
            for _ in self._threads.map(fill, batches):
                continue
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Group rows of similar length, to minimise padding."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) == _BATCH_ROWS or (len(batch) + 1) * lengths[row] > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(row)
    yield batch


def _mean_pooled(session: Any, encoded: Sequence[Sequence[int]]) -> Vectors:
    import numpy as np

    width = max(len(ids) for ids in encoded)
    tokens = np.zeros((len(encoded), width), np.int64)
    mask = np.zeros((len(encoded), width), np.int64)
    for row, ids in enumerate(encoded):
        tokens[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
    input_names = {entry.name for entry in session.get_inputs()}
    hidden = session.run(None, {name: value for name, value in feed.items() if name in input_names})[0]
    sums = (hidden * mask[..., np.newaxis]).sum(axis=1)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, 1e-12), np.float32)


def _load(weights: Weights) -> _Loaded:
    from tokenizers import Tokenizer

    files = weights.require(TEXT_EMBEDDER)
    tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS)
    version = fingerprint(files["model.onnx"])[:12]
    return _Loaded(tokenizer, cpu_session(files["model.onnx"], threads=1), version)
