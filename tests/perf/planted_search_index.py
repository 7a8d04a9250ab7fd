"""A large search index, written to the store's file without the index's own ``put``.

Its documents are those of ``bench_search``, with vectors from the same distribution. The texts repeat after
``DISTINCT_TEXTS`` segments, the vectors of long texts do not. The store's own encoding writes the rows, in
transactions that are not synced. There are no leaves, which only conditions read, and which take most of the
time of a ``put``.

    python -m tests.perf.planted_search_index FOLDER --segments 1000000
"""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from shared.adapters.local.search.documents import SCALE
from shared.adapters.local.search.index import FILE
from shared.adapters.local.search.store import SearchStore
from shared.adapters.local.search.vocabulary import word_counts, word_hash
from shared.domain.evidence import EmbeddingSpace
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from tests.perf.bench_search import MEDIA, POOL, TENANT, Vectors, long_texts, short_texts
from tests.perf.segment_texts import SegmentText, segment

DISTINCT_TEXTS: Final = 100_000
_BATCH: Final = 2_000
_EXECUTED_AT: Final = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Pool:
    """The embedded texts that all vectors are drawn from: n x dimension."""

    short: dict[str, int]
    short_vectors: Vectors
    long_vectors: Vectors

    @classmethod
    def stored(cls, path: Path) -> "Pool":
        """Read the vectors from ``path``; embed the texts and write it if it does not exist."""
        short = short_texts()
        numbers = {text: number for number, text in enumerate(short)}
        if not path.exists():
            with tempfile.TemporaryDirectory() as cache:
                vectors = MiniLmTextEmbedder(Weights(Path(cache))).embed(short + long_texts(POOL))
            np.save(path, vectors)
        vectors = np.load(path)
        return cls(numbers, vectors[: len(short)], vectors[len(short) :])

    def draw(self, texts: Sequence[str], source: np.random.Generator) -> Vectors:
        """Return one vector per text: that of a short text, or a point between two long ones with noise."""
        numbers = np.array([self.short.get(text, -1) for text in texts])
        vectors = np.empty((len(texts), self.long_vectors.shape[1]), np.float32)
        vectors[numbers >= 0] = self.short_vectors[numbers[numbers >= 0]]
        vectors[numbers < 0] = self._between(int((numbers < 0).sum()), source)
        return vectors

    def _between(self, count: int, source: np.random.Generator) -> Vectors:
        first, second = self.long_vectors[source.integers(0, len(self.long_vectors), (2, count))]
        share = source.random((count, 1), np.float32) / 2
        noise = source.standard_normal(first.shape, np.float32) * np.float32(0.015)
        near = (1 - share) * first + share * second + noise
        return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """The columns of a document that do not depend on its number, and the texts that have vectors."""

    values: tuple[str, ...]
    columns: tuple[bytes, ...]
    shown: str


def plant(folder: Path, segments: int, pool: Path) -> Path:
    """Write an index of ``segments`` documents to ``folder``, which has none yet.

    Their vectors are drawn from those in the file ``pool``, which is written if it does not exist.
    """
    with tempfile.TemporaryDirectory() as cache:
        space = MiniLmTextEmbedder(Weights(Path(cache))).space
    _plant(folder, segments, Pool.stored(pool), space)
    return folder


def _plant(folder: Path, segments: int, pool: Pool, space: EmbeddingSpace) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    SearchStore(folder / FILE).close()
    source = np.random.default_rng(2)
    texts = [_encoded(segment(number)) for number in range(min(segments, DISTINCT_TEXTS))]
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for start in range(0, segments, _BATCH):
            batch = range(start, min(start + _BATCH, segments))
            connection.execute("BEGIN")
            _insert(connection, batch, [texts[n % len(texts)] for n in batch], pool, source, space)
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _insert(
    connection: sqlite3.Connection,
    numbers: range,
    texts: Sequence[_Encoded],
    pool: Pool,
    source: np.random.Generator,
    space: EmbeddingSpace,
) -> None:
    drawn = pool.draw([value for text in texts for value in text.values], source)
    fixed_point = np.rint(drawn * SCALE).astype(np.int16)
    firsts = np.cumsum([0, *(len(text.values) for text in texts)]).tolist()
    documents, vectors, contents = [], [], []
    for number, text, first, end in zip(numbers, texts, firsts, firsts[1:], strict=False):
        keys = (number + 1, TENANT, f"{number}", "index", "run", f"media-{number % MEDIA}", "segment")
        documents.append((*keys, _EXECUTED_AT, space.name, space.name, end - first, 0))
        vectors.append((number + 1, *text.columns, fixed_point[first:end].tobytes()))
        contents.append((number + 1, text.shown))
    connection.executemany("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", documents)
    connection.executemany(
        """INSERT INTO vectors (row, fields, weights, word_numbers, word_hashes, word_frequencies,
               text_vectors, picture_vectors) VALUES (?, ?, ?, ?, ?, ?, ?, x'')""",
        vectors,
    )
    connection.executemany("INSERT INTO texts VALUES (?, ?, '[]')", contents)


def _encoded(text: SegmentText) -> _Encoded:
    """Encode fields, weights, word numbers, word hashes and word frequencies as ``encode_row`` does."""
    counts = [word_counts(value) for _, _, value in text.values]
    columns = (
        np.array([word_hash(path) for path, _, _ in text.values], np.int64).tobytes(),
        np.ones(len(text.values), np.float32).tobytes(),
        np.array([len(words) for words in counts], np.uint32).tobytes(),
        np.array([word for words in counts for word in words], np.int64).tobytes(),
        np.array([count for words in counts for count in words.values()], np.uint8).tobytes(),
    )
    shown = json.dumps([list(value) for value in text.values])
    return _Encoded(tuple(value for _, _, value in text.values), columns, shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--segments", type=int, default=1_000_000)
    arguments = parser.parse_args()
    begin = time.perf_counter()
    plant(arguments.folder, arguments.segments, arguments.folder.parent / "pool.npy")
    sys.stdout.write(f"{arguments.segments} segments in {time.perf_counter() - begin:.0f} s\n")


if __name__ == "__main__":
    main()
