"""The search indexes of an earlier commit, each in a process of its own, to be measured beside today's.

The process runs the sources of that commit with this environment's packages. It reads one JSON object
a line from its standard input and answers with one.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

_PASSAGES, _COUNTS, _QUERIES = "passages.npy", "counts.npy", "queries.npy"

_SECONDS: Final = 600

Vectors = NDArray[np.float32]


class StoredCorpus:
    """Vectors of a corpus that are computed once, for ``bench_search.build``."""

    def __init__(self, folder: Path) -> None:
        self.passages: Vectors = np.load(folder / _PASSAGES, mmap_mode="r")
        self.counts = np.load(folder / _COUNTS)
        self.queries: Vectors = np.load(folder / _QUERIES)
        self._ends = np.cumsum(self.counts)
        self._next = 0

    @property
    def documents(self) -> NDArray[np.intp]:
        """The number of each passage's document."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def vectors(self, _text: object) -> Vectors:
        """Return the vectors of the next segment; the segments are asked for in order."""
        number = self._next % len(self.counts)
        self._next += 1
        end = self._ends[number]
        return np.asarray(self.passages[end - self.counts[number] : end])


def store_corpus(folder: Path, rows: Sequence[Vectors], queries: Vectors) -> StoredCorpus:
    np.save(folder / _PASSAGES, np.concatenate(rows))
    np.save(folder / _COUNTS, np.array([len(row) for row in rows]))
    np.save(folder / _QUERIES, np.asarray(queries, np.float32))
    return StoredCorpus(folder)


class EarlierSearch:
    """A process with an index of the earlier commit; a context manager.

    ``engine`` is ``embedded``, in the folder ``place``, or ``opensearch``, at the address ``place``.
    """

    def __init__(self, sources: Path, engine: str, place: str, corpus: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(sources)}
        command = [sys.executable, __file__, engine, place, str(corpus)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=sources,
            env=environment,
        )

    def __enter__(self) -> "EarlierSearch":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def build(self) -> float:
        """Fill the index. Return the seconds that it took."""
        return float(self._ask({"do": "build"}))

    def times(self, percent: float, first: int, turns: int) -> list[list[float]]:
        """Search ``turns`` times. Return the milliseconds of each: wall-clock and processor time."""
        found: list[list[float]] = self._ask(
            {"do": "times", "percent": percent, "first": first, "turns": turns}
        )
        return found

    def recall(self, percent: float) -> float:
        return float(self._ask({"do": "recall", "percent": percent}))

    def _ask(self, question: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the earlier search ended with {self._process.wait()}")
        return json.loads(line)


class Searched(Protocol):
    def search_text(self, query: Any, scope: Any) -> Sequence[Any]: ...


def search_times(once: Callable[[int], object], first: int, turns: int) -> list[list[float]]:
    """Call ``once`` with successive numbers. Return the milliseconds of each: wall-clock, processor time."""
    taken = []
    for turn in range(first, first + turns):
        began, used = time.perf_counter(), time.thread_time()
        once(turn)
        taken.append([(time.perf_counter() - began) * 1000, (time.thread_time() - used) * 1000])
    return taken


def wait_for_slow_answers(cluster: Any) -> None:
    """Let requests to OpenSearch wait longer: on a busy machine a bulk request may take minutes."""
    cluster.request.__kwdefaults__["seconds"] = _SECONDS


def _serve(engine: str, place: str, folder: Path) -> None:
    bench = import_module("tests.perf.bench_search")
    query = import_module("shared.ports.search_index").TextQuery
    corpus = StoredCorpus(folder)
    asked = bench.queries()
    index = _opened(engine, place)

    def once(turn: int, percent: float) -> object:
        number = turn % len(asked)
        text = query(corpus.queries[number], asked[number], limit=bench.LIMIT)
        return index.search_text(text, bench.scope(percent))

    def build(_: Any) -> float:
        began = time.perf_counter()
        bench.build(index, corpus, len(corpus.counts))
        return time.perf_counter() - began

    def times(question: Any) -> list[list[float]]:
        percent = question["percent"]
        return search_times(lambda turn: once(turn, percent), question["first"], question["turns"])

    def recall(question: Any) -> float:
        documents = corpus.documents
        return float(bench.recall(index, corpus.passages, documents, corpus.queries, question["percent"]))

    answers: dict[str, Callable[[Any], Any]] = {"build": build, "times": times, "recall": recall}
    for line in sys.stdin:
        question = json.loads(line)
        sys.stdout.write(json.dumps(answers[question["do"]](question)) + "\n")
        sys.stdout.flush()


def _opened(engine: str, place: str) -> Searched:
    space = import_module("shared.domain.evidence").EmbeddingSpace(model="bench", version="1", dimension=384)
    found: Searched
    if engine == "embedded":
        opened = import_module("shared.adapters.local.search_index").EmbeddedSearchIndex
        found = opened(Path(place), space, space)
        return found
    client = import_module("opensearchpy").OpenSearch(place, max_retries=0)
    module = import_module("shared.adapters.aws.search_index")
    wait_for_slow_answers(module.Cluster)
    found = module.OpenSearchIndex(client, index_prefix="earlier", text_space=space, picture_space=space)
    return found


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
