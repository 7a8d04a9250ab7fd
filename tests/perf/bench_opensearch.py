"""Speed and recall of search in OpenSearch, beside an earlier commit, on a server of this machine.

    python -m tests.perf.bench_opensearch --segments 100000

Corpus, queries, filters and the measure of recall are those of ``bench_search``. The indexes of the earlier
commit, in OpenSearch and embedded, search the same corpus in the same run, in turns, so that other work on
the machine affects all of them. Queries are embedded before the clock starts, which takes ``embed_ms``.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import httpx
import numpy as np
from opensearchpy import OpenSearch

from shared.adapters.aws.search.cluster import Cluster
from shared.adapters.aws.search.index import OpenSearchIndex
from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.conditions import parse_conditions
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from shared.ports.search_index import TextQuery
from tests.aws.opensearch.server import opensearch
from tests.perf.bench_search import (
    CONDITIONS,
    LIMIT,
    SELECTIVITIES,
    Corpus,
    build,
    queries,
    recall,
    scope,
    timed,
)
from tests.perf.earlier_search import (
    EarlierSearch,
    StoredCorpus,
    search_times,
    store_corpus,
    wait_for_slow_answers,
)
from tests.perf.earlier_version import EARLIER_COMMIT, sources_of
from tests.perf.segment_texts import segment
from tests.waiting import HANG_TIMEOUT

_MEMORY: Final = "4g"
_ROUNDS: Final = 5
_TURNS: Final = 20
_PREFIX: Final = "now"
_SHARDS: Final = 2
"""As on the node of the smallest deployment, which has two processors."""
_SPACE: Final = EmbeddingSpace(model="bench", version="1", dimension=384)

Timing = Callable[[float, int, int], list[list[float]]]
"""Takes (percent, first turn, turns)."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One index. ``times`` as ``EarlierSearch.times``; ``recall`` takes a percentage."""

    name: str
    times: Timing
    recall: Callable[[float], float]


def measure(segments: int = 100_000) -> dict[str, Any]:
    """Build the indexes of ``segments`` and measure them: milliseconds, seconds, and recall in 0..1.

    ``search`` has a row for each contestant and percentage of documents that pass the filter. ``ratio`` is by
    percentage: the time of a search in OpenSearch relative to the earlier embedded index, each with the
    embedding of the query.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(opensearch(_MEMORY))
        corpus, embed_ms = _corpus(folder, segments)
        sources = sources_of(EARLIER_COMMIT, folder / "sources")
        earlier = stack.enter_context(EarlierSearch(sources, "opensearch", url, folder))
        embedded = stack.enter_context(EarlierSearch(sources, "embedded", str(folder / "embedded"), folder))
        client = OpenSearch(url, max_retries=0)
        wait_for_slow_answers(Cluster)
        opened = partial(
            OpenSearchIndex,
            client,
            index_prefix=_PREFIX,
            text_space=_SPACE,
            picture_space=_SPACE,
            shards=_SHARDS,
        )
        index = opened()
        built = {"earlier": earlier.build(), "embedded": embedded.build(), "now": _build(index, corpus)}
        sizes = {"earlier": _size(url, "earlier"), "now, written": _size(url, _PREFIX)}
        contestants = [
            Contestant("embedded", embedded.times, embedded.recall),
            Contestant("earlier", earlier.times, earlier.recall),
            _contestant("now, written", index, corpus),
        ]
        print(f"built in seconds: {built}", flush=True)
        rows = _measured(contestants)
        _merge(url, index)
        sizes["now"] = _size(url, _PREFIX)
        merged = [_contestant("now", index, corpus), _contestant("graph", opened(exact_up_to=0), corpus)]
        rows += _measured([*contestants[:2], *merged])
        report = {
            "segments": segments,
            "passages": len(corpus.passages),
            "embed_ms": embed_ms,
            "build_s": {name: round(seconds, 1) for name, seconds in built.items()},
            "size": sizes,
            "search": rows,
            "ratio": _ratios(rows, embed_ms),
            "recall_at_10": {f"{row['percent']:g}": row["recall"] for row in rows if row["name"] == "now"},
            "graph_recall_at_10": {
                f"{row['percent']:g}": row["recall"] for row in rows if row["name"] == "graph"
            },
            "conditions": {name: _match(index, raw) for name, raw in CONDITIONS.items()},
        }
        client.indices.delete(index=f"{_PREFIX}-*,earlier-*")
        return report


def _corpus(folder: Path, segments: int) -> tuple[StoredCorpus, float]:
    """Store the vectors of the corpus. Return them, and the milliseconds that embedding a query takes."""
    with tempfile.TemporaryDirectory() as cache:
        embedder = MiniLmTextEmbedder(Weights(Path(cache)))
        corpus, asked = Corpus(embedder), queries()
        rows = [corpus.vectors(segment(number)) for number in range(segments)]
        taken = timed(lambda turn: embedder.embed([f"{asked[turn % len(asked)]} {turn}"]), 100)
        return store_corpus(folder, rows, np.asarray(embedder.embed(asked))), taken["p50_ms"]


def _build(index: OpenSearchIndex, corpus: StoredCorpus) -> float:
    begin = time.perf_counter()
    build(index, cast("Corpus", corpus), len(corpus.counts))
    return time.perf_counter() - begin


def _contestant(name: str, index: OpenSearchIndex, corpus: StoredCorpus) -> Contestant:
    asked = queries()

    def once(percent: float, turn: int) -> object:
        number = turn % len(asked)
        query = TextQuery(corpus.queries[number], asked[number], limit=LIMIT)
        return index.search_text(query, scope(percent))

    def times(percent: float, first: int, turns: int) -> list[list[float]]:
        return search_times(partial(once, percent), first, turns)

    def found(percent: float) -> float:
        return recall(index, corpus.passages, corpus.documents, corpus.queries, percent)

    return Contestant(name, times, found)


def _measured(contestants: Sequence[Contestant]) -> list[dict[str, Any]]:
    """Measure in turns: each round asks every contestant at every percentage."""
    keys = [(one.name, percent) for percent in SELECTIVITIES for one in contestants]
    taken: dict[tuple[str, float], list[list[float]]] = {key: [] for key in keys}
    for number in range(_ROUNDS + 1):
        for percent in SELECTIVITIES:
            for one in contestants:
                times = one.times(percent, number * _TURNS, _TURNS)
                # The first round warms the caches.
                taken[one.name, percent] += times if number else []
    rows = [
        {
            "name": one.name,
            "percent": percent,
            "p50_ms": round(float(np.median([wall for wall, _ in taken[one.name, percent]])), 2),
            "p99_ms": round(float(np.quantile([wall for wall, _ in taken[one.name, percent]], 0.99)), 2),
            "cpu_ms": round(float(np.median([cpu for _, cpu in taken[one.name, percent]])), 2),
            "recall": round(one.recall(percent), 4),
        }
        for percent in SELECTIVITIES
        for one in contestants
    ]
    print("\n".join(map(_line, rows)), flush=True)
    return rows


def _ratios(rows: Sequence[dict[str, Any]], embed_ms: float) -> dict[str, float]:
    last = {(row["name"], row["percent"]): row["p50_ms"] + embed_ms for row in rows}
    return {f"{p:g}": round(last["now", p] / last["embedded", p], 2) for p in SELECTIVITIES}


def _merge(url: str, index: OpenSearchIndex) -> None:
    """Merge the index as a rebuild does, and wait for the end, which takes ten minutes or more."""
    index.identity.start_merge(index.aliases.live)
    tasks = f"{url}/_tasks?actions=*forcemerge*"
    while httpx.get(tasks, timeout=HANG_TIMEOUT).json()["nodes"]:
        time.sleep(1)


def _match(index: OpenSearchIndex, raw: list[dict[str, Any]]) -> dict[str, float]:
    conditions = parse_conditions(raw, lenient=False)
    total = index.match(conditions, scope(100), after=None, limit=LIMIT).total
    times = timed(lambda _: index.match(conditions, scope(100), after=None, limit=LIMIT), 20)
    return {"matches": total, **times}


def _size(url: str, prefix: str) -> dict[str, int]:
    stats = f"{url}/{prefix}-*/_stats/store,segments"
    found = httpx.get(stats, timeout=HANG_TIMEOUT).json()["_all"]["primaries"]
    return {
        "mb": round(found["store"]["size_in_bytes"] / 1e6),
        "lucene_segments": found["segments"]["count"],
    }


def table(report: dict[str, Any]) -> str:
    lines = [
        f"{report['segments']} segments, {report['passages']} passages; earlier: commit {EARLIER_COMMIT}",
        f"embedding a query: {report['embed_ms']} ms; built in seconds: {report['build_s']}",
        *(f"{n}: {size['mb']} MB, {size['lucene_segments']} segments" for n, size in report["size"].items()),
        "",
        "index           filter    p50 ms    p99 ms    client cpu ms    recall@10",
        *map(_line, report["search"]),
        "",
        f"now relative to embedded at {EARLIER_COMMIT}, each with the embedding: {report['ratio']}",
        "",
        "condition      p50 ms    p99 ms    matches",
    ]
    for name, row in report["conditions"].items():
        lines.append(f"{name:<12} {row['p50_ms']:>8} {row['p99_ms']:>9} {row['matches']:>10}")
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    times = f"{row['p50_ms']:>9} {row['p99_ms']:>9} {row['cpu_ms']:>16}"
    return f"{row['name']:<14} {row['percent']:>5} % {times} {row['recall']:>12.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=100_000)
    report = measure(parser.parse_args().segments)
    sys.stdout.write(f"{table(report)}\n\n{json.dumps(report)}\n")


if __name__ == "__main__":
    main()
