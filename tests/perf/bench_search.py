"""Speed and recall of text search in the embedded index.

    python -m tests.perf.bench_search --segments 100000

The timing includes the embedding of the query by the real text model, the filter, the word search and the
reads of the answer's fields. Recall compares the ten best documents by meaning with exact scoring of every
passage in double precision. A document counts as found if it scores no less than the tenth best, because
recurring values give many equal scores.

The corpus has about 4.5 passages a segment. Short values are embedded as they are. Embedding every long text
would take most of an hour, so only ``POOL`` of them are embedded. The others are points between two of these
with a little noise, as close to each other as real ones.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.domain.query.conditions import parse_conditions
from shared.domain.query.leaves import leaves
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from shared.ports.models import TextEmbedder
from shared.ports.search_index import (
    Level,
    SearchDocument,
    SearchFilter,
    SearchIndex,
    TextPassage,
    TextQuery,
)
from tests.perf.segment_texts import MOODS, OBJECTS, PLACES, SPEECH, SegmentText, segment, sentence, speech

POOL: Final = 6_000
QUERIES: Final = 60
TOP: Final = 10
LIMIT: Final = 100
SELECTIVITIES: Final = (0.1, 1.0, 10.0, 50.0, 100.0)
"""Percent of the documents that pass the filter."""

_BATCH: Final = 500
MEDIA: Final = 1000
TENANT: Final = "bench"

Vectors = NDArray[np.float32]


class Corpus:
    """Vectors of the texts of ``segment``, identical on every run."""

    def __init__(self, embedder: TextEmbedder, pool: int = POOL) -> None:
        short = short_texts()
        self._short = dict(zip(short, embedder.embed(short), strict=True))
        self._long = embedder.embed(long_texts(pool))
        self._source = np.random.default_rng(2)

    def vectors(self, text: SegmentText) -> Vectors:
        return np.stack([self._vector(value) for _, _, value in text.values], dtype=np.float32)

    def _vector(self, text: str) -> Vectors:
        if text in self._short:
            return np.asarray(self._short[text], np.float32)
        first, second = self._long[self._source.integers(0, len(self._long), 2)]
        share = self._source.random() / 2
        near = (1 - share) * first + share * second + self._source.normal(0, 0.015, len(first))
        return np.asarray(near / np.linalg.norm(near), np.float32)


def short_texts() -> list[str]:
    """Return the values that recur across segments."""
    return [*MOODS, *OBJECTS, *PLACES]


def long_texts(count: int) -> list[str]:
    """Return descriptions and transcripts, identical on every run."""
    source = random.Random(1)
    return [sentence(source) if i % 3 else speech(source) for i in range(count)]


def queries() -> list[str]:
    """Return queries as people write them: a few words, sentences, and pieces of speech."""
    source = random.Random(3)
    asked = ["dog in the snow", "someone cooking fish", "red car", "sad wedding", "interest rates", "doctor"]
    asked += [sentence(source)[: source.randint(12, 80)] for _ in range(QUERIES // 2)]
    return asked + [source.choice(SPEECH) for _ in range(QUERIES - len(asked))]


def build(index: SearchIndex, corpus: Corpus, segments: int) -> tuple[Vectors, NDArray[np.intp]]:
    """Fill ``index``; return the vectors of all passages and the number of each passage's document."""
    rows: list[Vectors] = []
    for start in range(0, segments, _BATCH):
        texts = [segment(number) for number in range(start, min(start + _BATCH, segments))]
        vectors = [corpus.vectors(text) for text in texts]
        index.put([_document(start + i, text, vectors[i]) for i, text in enumerate(texts)])
        rows += vectors
    return np.concatenate(rows), np.repeat(np.arange(segments), [len(row) for row in rows])


def _document(number: int, text: SegmentText, vectors: Vectors) -> SearchDocument:
    return SearchDocument(
        result_id=f"{number}",
        tenant_id=TENANT,
        index_id="index",
        run_id="run",
        media_id=f"media-{number % MEDIA}",
        segment_id=f"segment-{number}",
        level=Level.SEGMENT,
        start=0.0,
        executed_at="2026-01-01T00:00:00.000Z",
        leaves=leaves(text.data),
        passages=[TextPassage(*value, vector) for value, vector in zip(text.values, vectors, strict=True)],
    )


def scope(percent: float) -> SearchFilter:
    if percent == 100:
        return SearchFilter(TENANT, index_ids=frozenset({"index"}))
    media = frozenset(f"media-{i}" for i in range(round(MEDIA * percent / 100)))
    return SearchFilter(TENANT, index_ids=frozenset({"index"}), media_ids=media)


def recall(
    index: SearchIndex, vectors: Vectors, documents: NDArray[np.intp], asked: Vectors, percent: float
) -> float:
    allowed = np.arange(documents[-1] + 1) % MEDIA < round(MEDIA * percent / 100)
    starts = np.flatnonzero(np.diff(documents, prepend=-1))
    most = min(TOP, int(allowed.sum()))
    found = 0
    for query in asked:
        scores = np.where(allowed, np.maximum.reduceat(vectors @ query, starts), -1)
        least = np.partition(scores, -most)[-most] - 1e-4
        hits = index.search_text(TextQuery(query, "", limit=LIMIT), scope(percent))
        best = sorted(hits, key=lambda hit: -(hit.dense_score or 0))[:most]
        found += sum(bool(scores[int(hit.result_id)] >= least) for hit in best)
    return found / (most * len(asked))


def timed(work: Callable[[int], object], times: int) -> dict[str, float]:
    """Measure milliseconds: wall-clock time, and processor time, which other programs do not increase."""
    taken, computed = [], []
    for turn in range(times):
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        work(turn)
        taken.append((time.perf_counter() - begin) * 1000)
        computed.append((time.thread_time() - begin_cpu) * 1000)
    return {
        "p50_ms": round(float(np.median(taken)), 2),
        "p99_ms": round(float(np.quantile(taken, 0.99)), 2),
        "cpu_ms": round(float(np.median(computed)), 2),
    }


CONDITIONS: Final[dict[str, list[dict[str, Any]]]] = {
    "equals": [{"field": "mood", "type": "string", "operator": "equals", "value": "Calm"}],
    "contains": [{"field": "description", "type": "string", "operator": "contains", "value": "violin"}],
    "greater": [{"field": "people_count", "type": "integer", "operator": "greater_than", "value": 6}],
    "is_empty": [{"field": "setting", "type": "string", "operator": "is_empty"}],
    "four joined": [
        {"field": "objects[].name", "type": "string", "operator": "contains", "value": "car"},
        {"field": "indoor", "type": "boolean", "operator": "equals", "value": True},
        {"field": "objects", "type": "array", "operator": "length_less", "value": 3},
        {"field": "people_count", "type": "number", "operator": "less_equal", "value": 3.5},
    ],
}


def measure(segments: int) -> dict[str, Any]:
    """Build an index of ``segments`` and measure it: milliseconds, seconds, and recall in 0..1.

    ``p50_ms`` is that of the slowest filter; ``recall_at_10`` is by percent of matching documents.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        embedder = MiniLmTextEmbedder(Weights(Path(cache)))
        corpus, asked = Corpus(embedder), queries()
        asked_vectors = embedder.embed(asked)
        space = embedder.space
        index = EmbeddedSearchIndex(Path(folder), space, space)
        begin = time.perf_counter()
        vectors, documents = build(index, corpus, segments)
        built = time.perf_counter() - begin
        index.close()
        begin = time.perf_counter()
        index = EmbeddedSearchIndex(Path(folder), space, space)
        opened = time.perf_counter() - begin
        search = [_search(index, embedder, asked, percent) for percent in SELECTIVITIES]
        for row in search:
            row["recall"] = recall(index, vectors, documents, asked_vectors, row["percent"])
        return {
            "segments": segments,
            "passages": len(vectors),
            "build_s": round(built, 1),
            "open_s": round(opened, 2),
            "database_mb": round(sum(f.stat().st_size for f in Path(folder).iterdir()) / 1e6),
            "p50_ms": max(row["p50_ms"] for row in search),
            "recall_at_10": {f"{row['percent']:g}": row["recall"] for row in search},
            "embed": timed(lambda turn: embedder.embed([f"{asked[turn % len(asked)]} {turn}"]), 100),
            "search": search,
            "conditions": {name: _match(index, raw) for name, raw in CONDITIONS.items()},
        }


def _search(
    index: EmbeddedSearchIndex, embedder: MiniLmTextEmbedder, asked: Sequence[str], percent: float
) -> dict[str, float]:
    def once(turn: int) -> None:
        # The turn's number makes the text new, so that the embedder cannot use its cache.
        text = f"{asked[turn % len(asked)]} {percent} {turn}"
        index.search_text(TextQuery(embedder.embed([text])[0], text, limit=LIMIT), scope(percent))

    timed(once, 5)
    return {"percent": percent, **timed(once, 100)}


def _match(index: EmbeddedSearchIndex, raw: list[dict[str, Any]]) -> dict[str, float]:
    conditions = parse_conditions(raw, lenient=False)
    total = index.match(conditions, scope(100), after=None, limit=LIMIT).total
    times = timed(lambda _: index.match(conditions, scope(100), after=None, limit=LIMIT), 20)
    return {"matches": total, **times}


def table(report: dict[str, Any]) -> str:
    size = f"{report['segments']} segments, {report['passages']} passages, {report['database_mb']} MB"
    speed = f"built in {report['build_s']} s, opened in {report['open_s']} s"
    lines = [f"{size}; {speed}; embedding a query {report['embed']['p50_ms']} ms", ""]
    lines.append("filter      p50 ms    p99 ms    cpu ms    recall@10")
    for row in report["search"]:
        times = f"{row['p50_ms']:>10} {row['p99_ms']:>9} {row['cpu_ms']:>9}"
        lines.append(f"{row['percent']:>5} % {times} {row['recall']:>12.4f}")
    lines += ["", "condition      p50 ms    p99 ms    cpu ms    matches"]
    for name, row in report["conditions"].items():
        times = f"{row['p50_ms']:>8} {row['p99_ms']:>9} {row['cpu_ms']:>9}"
        lines.append(f"{name:<12} {times} {row['matches']:>10}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=100_000)
    report = measure(parser.parse_args().segments)
    sys.stdout.write(f"{table(report)}\n\n{json.dumps(report)}\n")


if __name__ == "__main__":
    main()
