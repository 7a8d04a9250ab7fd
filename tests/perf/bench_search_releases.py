"""Text search of an earlier release and of this one, query by query in one run, over the same stored index.

    python -m tests.perf.planted_search_index FOLDER/1000000 --segments 1000000
    python -m tests.perf.bench_search_releases FOLDER/1000000

Each release runs in a process of its own. Both answer the same query one after the other, in changing order,
so that other work on the machine slows both. Times include the embedding of the query, whose text is new each
time. Recall compares the ten best documents by meaning with exact scores of every passage in the store: a
document counts as found if its exact score is no less than the tenth best.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.index import FILE
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from tests.perf import search_worker
from tests.perf.bench_search import MEDIA, SELECTIVITIES, TOP, Vectors, queries
from tests.perf.earlier_version import EARLIER_COMMIT, sources_of
from tests.perf.planted_search_index import plant

WARMING: Final = 5
"""Searches after the opening, which are reported one by one."""

_REPOSITORY: Final = Path(__file__).parents[2]
_LOADED_ROWS: Final = 5_000
_TOLERANCE: Final = 1e-4
_DIMENSION_BYTES: Final = 2


@dataclass(slots=True)
class Release:
    """One release's process, and what it answered by percent of matching documents."""

    name: str
    process: subprocess.Popen[str]
    opened: dict[str, float]
    answers: dict[float, list[dict[str, Any]]] = field(default_factory=dict)

    def search(self, text: str, percent: float) -> None:
        self.answers.setdefault(percent, []).append(self._ask(text, percent))

    def first(self, text: str) -> float:
        """Search everything, and return the milliseconds. The answer is not counted."""
        return round(float(self._ask(text, 100)["ms"]), 1)

    def _ask(self, text: str, percent: float) -> dict[str, Any]:
        self.process.stdin.write(f"{json.dumps([text, percent])}\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        return _answer(self.process.stdout)

    def median(self, percent: float, figure: str) -> float:
        return round(float(np.median([answer[figure] for answer in self.answers[percent]])), 2)


@contextmanager
def release(name: str, sources: Path, folder: Path) -> Iterator[Release]:
    """Start the release with ``sources`` on the index in ``folder``, and wait until it has opened it."""
    command = [sys.executable, "-P", str(Path(search_worker.__file__)), str(folder)]
    with subprocess.Popen(
        command,
        cwd=sources,
        env={"PYTHONPATH": str(sources)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Release(name, process, _answer(process.stdout))


def _answer(output: IO[str] | None) -> dict[str, Any]:
    line = output.readline() if output else ""
    if not line:
        raise RuntimeError("A release's process ended.")
    answer: dict[str, Any] = json.loads(line)
    return answer


@dataclass(frozen=True, slots=True)
class Truth:
    """Exact scores: by percent, the tenth best of each query; and the vectors of a document's passages."""

    asked: Vectors
    least: dict[float, NDArray[np.float32]]
    store: Path

    @classmethod
    def of(cls, store: Path, asked: Vectors) -> "Truth":
        best = {percent: np.full((TOP, len(asked)), -1.0, np.float32) for percent in SELECTIVITIES}
        with closing(sqlite3.connect(store)) as connection:
            cursor = connection.execute("SELECT row, text_vectors FROM vectors ORDER BY row")
            while batch := cursor.fetchmany(_LOADED_ROWS):
                scores = _document_scores([content for _, content in batch], asked)
                media = np.array([row - 1 for row, _ in batch]) % MEDIA
                for percent, top in best.items():
                    allowed = scores[media < round(MEDIA * percent / 100)]
                    top[:] = np.sort(np.concatenate((top, allowed)), axis=0)[-TOP:]
        return cls(asked, {percent: top[0] for percent, top in best.items()}, store)

    def recall(self, percent: float, query: int, hits: Sequence[tuple[str, float | None]]) -> float:
        """Return the share of the ten best that are among ``hits``, by the stored vectors of the hits."""
        best = sorted(hits, key=lambda hit: -(hit[1] or 0))[:TOP]
        with closing(sqlite3.connect(self.store)) as connection:
            stored = [
                connection.execute(
                    "SELECT text_vectors FROM vectors WHERE row = ?", (int(result) + 1,)
                ).fetchone()[0]
                for result, _ in best
            ]
        scores = _document_scores(stored, self.asked[[query]])[:, 0]
        return float(np.count_nonzero(scores >= self.least[percent][query] - _TOLERANCE)) / TOP


def _document_scores(stored: Sequence[bytes], asked: Vectors) -> Vectors:
    """Return the best score of each document for each query: documents x queries."""
    width = asked.shape[1]
    rows = np.frombuffer(b"".join(stored), np.int16).reshape(-1, width).astype(np.float32)
    counts = [len(content) // (_DIMENSION_BYTES * width) for content in stored]
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    return np.asarray(np.maximum.reduceat(rows @ asked.T, starts, axis=0) / 32767, np.float32)


def sign_pass_ms(passages: int, dimension: int) -> float:
    """Return the milliseconds of one NumPy pass over the signs of so many passages."""
    signs = np.random.default_rng(0).integers(0, 2**63, (dimension // 64, passages), np.int64).view(np.uint64)
    taken = []
    for _ in range(5):
        begin = time.perf_counter()
        for word in signs:
            np.bitwise_count(word ^ word[0])
        taken.append((time.perf_counter() - begin) * 1000)
    return round(float(np.median(taken)), 1)


def measure_planted(segments: int, *, count: int = 60) -> dict[str, Any]:
    """Measure a new index of ``segments`` documents. See ``measure``."""
    with tempfile.TemporaryDirectory() as name:
        return measure(plant(Path(name) / "index", segments, Path(name) / "pool.npy"), count=count)


def measure(folder: Path, *, count: int) -> dict[str, Any]:
    """Measure the index in ``folder`` with both releases and ``count`` queries a selectivity.

    Milliseconds are medians. The first opening by this release builds the arrays, so it is opened twice.
    """
    with tempfile.TemporaryDirectory() as name:
        return _measured(folder, sources_of(EARLIER_COMMIT, Path(name) / "sources"), count)


def _measured(folder: Path, earlier: Path, count: int) -> dict[str, Any]:
    asked = [f"{text} {percent:g}" for percent in SELECTIVITIES for text in queries()[:count]]
    with tempfile.TemporaryDirectory() as cache:
        embedder = MiniLmTextEmbedder(Weights(Path(cache)))
        # One by one: the model's quantisation depends on the other texts of a batch.
        truth = Truth.of(folder / FILE, np.concatenate([embedder.embed([text]) for text in asked]))
    with release("now", _REPOSITORY, folder) as builder:
        built = builder.opened
        builder.process.stdin.close()  # type: ignore[union-attr]
    with ExitStack() as stack:
        then = stack.enter_context(release("then", earlier, folder))
        now = stack.enter_context(release("now", _REPOSITORY, folder))
        first = {each.name: [each.first(text) for text in queries()[-WARMING:]] for each in (then, now)}
        for turn, text in enumerate(asked):
            for each in (then, now) if turn % 2 else (now, then):
                each.search(text, SELECTIVITIES[turn // count])
        rows = [_compared(then, now, truth, number, count) for number in range(len(SELECTIVITIES))]
        passages = _passages(folder / FILE)
        for each in (then, now):
            each.process.stdin.close()  # type: ignore[union-attr]
    return {
        "passages": passages,
        "sign_pass_ms": sign_pass_ms(passages, truth.asked.shape[1]),
        "built": built,
        "first_ms": first,
        "opened": {each.name: each.opened for each in (then, now)},
        "resident_mib": {each.name: round(each.answers[100][-1]["resident_mib"]) for each in (then, now)},
        "search": rows,
    }


def _compared(then: Release, now: Release, truth: Truth, number: int, count: int) -> dict[str, Any]:
    percent = SELECTIVITIES[number]
    row: dict[str, Any] = {"percent": percent}
    for each in (then, now):
        answers = enumerate(each.answers[percent], start=number * count)
        found = [truth.recall(percent, query, answer["hits"]) for query, answer in answers]
        figures = {figure: each.median(percent, figure) for figure in ("ms", "cpu_ms", "embedding_ms")}
        row[each.name] = {**figures, "recall": round(float(np.mean(found)), 4)}
    row["ratio"] = round(row["now"]["ms"] / row["then"]["ms"], 3)
    row["cpu_ratio"] = round(row["now"]["cpu_ms"] / row["then"]["cpu_ms"], 3)
    return row


def _passages(store: Path) -> int:
    with closing(sqlite3.connect(store)) as connection:
        (count,) = connection.execute("SELECT sum(passage_count) FROM document").fetchone()
    return int(count)


def table(report: dict[str, Any]) -> str:
    lines = [
        f"{report['passages']} passages; one pass over all signs {report['sign_pass_ms']} ms",
        f"first searches, ms {report['first_ms']}",
        f"built {report['built']}; opened {report['opened']}; resident MiB {report['resident_mib']}",
        "filter     then: ms     cpu  recall     now: ms     cpu  recall    ratio  of cpu",
    ]
    for row in report["search"]:
        columns = [f"{row[n]['ms']:>12} {row[n]['cpu_ms']:>7} {row[n]['recall']:>7}" for n in ("then", "now")]
        lines.append(f"{row['percent']:>5} % {' '.join(columns)} {row['ratio']:>8} {row['cpu_ratio']:>7}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=60)
    arguments = parser.parse_args()
    report = measure(arguments.folder.resolve(), count=arguments.queries)
    sys.stdout.write(f"{table(report)}\n\n{json.dumps(report)}\n")


if __name__ == "__main__":
    main()
