"""Vector search of LanceDB beside the embedded index, over the same stored vectors, in one run.

    python -m tests.perf.planted_search_index FOLDER/100000 --segments 100000
    python -m tests.perf.bench_search_peers FOLDER/100000

LanceDB is installed for this benchmark only, into ``.tools/bench-peers``. It has an IVF_HNSW_SQ index and a
bitmap index of the media, and filters before it searches. Both answer with the best documents by meaning;
the texts of the answer, words and the embedding of the query are left out.
"""

import argparse
import importlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from shared.adapters.local.search.index import FILE, EmbeddedSearchIndex
from shared.adapters.local.search.nearest import nearest
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from tests.perf.bench_search import MEDIA, SELECTIVITIES, TOP, Vectors, queries, scope
from tests.perf.bench_search_releases import Truth
from tests.perf.planted_search_index import plant

LANCEDB: Final = "lancedb==0.40.0"
PACKAGES: Final = Path(__file__).parents[2] / ".tools" / "bench-peers"
_ROWS_OF_DOCUMENT: Final = 10
"""LanceDB returns rows; a document has several, so more rows than documents are asked for."""

_BATCH: Final = 5_000

Found = list[tuple[str, float]]
"""(Result id, score), best first."""


def measure_planted(segments: int, *, count: int = 60) -> list[dict[str, Any]]:
    """Measure a new index of ``segments`` documents. See ``measure``."""
    with tempfile.TemporaryDirectory() as name:
        return measure(plant(Path(name) / "index", segments, Path(name) / "pool.npy"), count=count)


def measure(folder: Path, *, count: int) -> list[dict[str, Any]]:
    """Measure milliseconds (medians) and recall@10 of both, by percent of documents that pass the filter."""
    with tempfile.TemporaryDirectory() as name:
        embedder = MiniLmTextEmbedder(Weights(Path(name)))
        asked = embedder.embed(queries()[:count])
        truth = Truth.of(folder / FILE, asked)
        peer = _lance(folder / FILE, Path(name) / "lance", asked.shape[1])
        with closing(EmbeddedSearchIndex(folder, embedder.space, embedder.space)) as index:
            return [_compared(index, peer, truth, asked, percent) for percent in SELECTIVITIES]


def _compared(
    index: EmbeddedSearchIndex, peer: Any, truth: Truth, asked: Vectors, percent: float
) -> dict[str, Any]:
    taken: dict[str, list[float]] = {"embedded": [], "lancedb": []}
    recalls: dict[str, list[float]] = {"embedded": [], "lancedb": []}
    searches: dict[str, Callable[[Vectors], Found]] = {
        "embedded": lambda query: _embedded(index, query, percent),
        "lancedb": lambda query: _of_lance(peer, query, percent),
    }
    for number, query in enumerate(asked):
        for name, search in searches.items():
            begin = time.perf_counter()
            found = search(query)
            taken[name].append((time.perf_counter() - begin) * 1000)
            recalls[name].append(truth.recall(percent, number, found))
    row: dict[str, Any] = {"percent": percent}
    for name in searches:
        row[name] = {
            "p50_ms": round(float(np.median(taken[name])), 2),
            "recall": round(float(np.mean(recalls[name])), 4),
        }
    return row


def _embedded(index: EmbeddedSearchIndex, query: Vectors, percent: float) -> Found:
    snapshot = index._memory.snapshot
    selection = snapshot.passages_in(snapshot.documents_in(scope(percent)), None)
    documents, scores = nearest(selection, query, TOP)
    results = [str(row - 1) for row in snapshot.rows[documents].tolist()]
    return list(zip(results, scores.tolist(), strict=True))


def _lance(store: Path, folder: Path, dimension: int) -> Any:
    """Build LanceDB's table and its indexes from the stored vectors."""
    lancedb = _installed()
    schema = pa.schema(
        [("vector", pa.list_(pa.float32(), dimension)), ("document", pa.int32()), ("media", pa.int32())]
    )
    table = lancedb.connect(folder).create_table("passages", _batches(store, dimension), schema=schema)
    table.create_index(metric="cosine", index_type="IVF_HNSW_SQ", vector_column_name="vector")
    table.create_scalar_index("media", index_type="BITMAP")
    return table


def _installed() -> Any:
    """Import LanceDB. It is installed first if it is missing."""
    if not PACKAGES.exists():
        uv = str(PACKAGES.parent / "bin" / "uv")
        target = ["--python", sys.executable, "--target", str(PACKAGES)]
        subprocess.run([uv, "pip", "install", "--quiet", *target, LANCEDB], check=True)
    sys.path.append(str(PACKAGES))
    return importlib.import_module("lancedb")


def _batches(store: Path, dimension: int) -> Iterator[pa.RecordBatch]:
    with closing(sqlite3.connect(store, check_same_thread=False)) as connection:
        cursor = connection.execute("SELECT row, text_vectors FROM vectors ORDER BY row")
        while batch := cursor.fetchmany(_BATCH):
            rows = np.frombuffer(b"".join(content for _, content in batch), np.int16).reshape(-1, dimension)
            documents = np.repeat(
                [row - 1 for row, _ in batch], [len(content) // (2 * dimension) for _, content in batch]
            )
            values = pa.array((rows / np.float32(32767)).astype(np.float32).ravel())
            vectors = pa.FixedSizeListArray.from_arrays(values, dimension)
            columns = [vectors, pa.array(documents, pa.int32()), pa.array(documents % MEDIA, pa.int32())]
            yield pa.RecordBatch.from_arrays(columns, ["vector", "document", "media"])


def _of_lance(table: Any, query: Vectors, percent: float) -> Found:
    search = table.search(query).distance_type("cosine").ef(400).refine_factor(2)
    if percent < 100:
        search = search.where(f"media < {round(MEDIA * percent / 100)}", prefilter=True)
    found = search.select(["document", "_distance"]).limit(TOP * _ROWS_OF_DOCUMENT).to_arrow()
    best: dict[str, float] = {}
    rows = zip(found["document"].to_pylist(), found["_distance"].to_pylist(), strict=True)
    for document, distance in rows:
        best.setdefault(str(document), 1 - distance)
    return list(best.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=60)
    arguments = parser.parse_args()
    for row in measure(arguments.folder, count=arguments.queries):
        sys.stdout.write(f"{json.dumps(row)}\n")


if __name__ == "__main__":
    main()
