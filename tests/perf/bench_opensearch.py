"""Speed and recall of search in OpenSearch, on a server of this machine.

    python -m tests.perf.bench_opensearch --segments 100000

Corpus, queries, filters and the measure of recall are those of ``bench_search``. Queries are embedded before
the clock starts, so the times are those of OpenSearch and of the round trip.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
from opensearchpy import OpenSearch

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.domain.query.conditions import parse_conditions
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from shared.ports.search_index import SearchFilter, TextQuery
from tests.aws.opensearch.server import opensearch
from tests.perf.bench_search import (
    CONDITIONS,
    LIMIT,
    SELECTIVITIES,
    Corpus,
    Vectors,
    build,
    queries,
    recall,
    scope,
    timed,
)

_MEMORY: Final = "4g"
_TURNS: Final = 100
_EVERYTHING: Final = SearchFilter("bench")


def measure(segments: int = 100_000) -> dict[str, Any]:
    """Build an index of ``segments`` and measure it: milliseconds, seconds, and recall in 0..1.

    ``recall_at_10`` is by percent of documents that pass the filter. ``unfiltered`` is the same search with
    the tenant as the only filter. ``graph`` is the search of larger archives, which does not score every
    vector, and ``graph_recall_at_10`` is its recall.
    """
    with opensearch(_MEMORY) as url, tempfile.TemporaryDirectory() as cache:
        embedder = MiniLmTextEmbedder(Weights(Path(cache)))
        asked = queries()
        asked_vectors = embedder.embed(asked)
        client = OpenSearch(url, timeout=60, max_retries=0)
        prefix = f"bench-{time.time_ns()}"
        opened = partial(
            OpenSearchIndex,
            client,
            index_prefix=prefix,
            text_space=embedder.space,
            picture_space=embedder.space,
        )
        index = opened()
        begin = time.perf_counter()
        vectors, documents = build(index, Corpus(embedder), segments)
        built = time.perf_counter() - begin

        def searched(by: OpenSearchIndex) -> list[dict[str, float]]:
            rows = [{"percent": p, **_search(by, asked, asked_vectors, scope(p))} for p in SELECTIVITIES]
            for row in rows:
                row["recall"] = recall(by, vectors, documents, asked_vectors, row["percent"])
            return rows

        search, graph = searched(index), searched(opened(exact_up_to=0))
        report = {
            "segments": segments,
            "passages": len(vectors),
            "build_s": round(built, 1),
            **_size(url, prefix),
            "unfiltered": _search(index, asked, asked_vectors, _EVERYTHING),
            "p50_ms": max(row["p50_ms"] for row in search),
            "recall_at_10": {f"{row['percent']:g}": row["recall"] for row in search},
            "graph_recall_at_10": {f"{row['percent']:g}": row["recall"] for row in graph},
            "search": search,
            "graph": graph,
            "conditions": {name: _match(index, raw) for name, raw in CONDITIONS.items()},
        }
        client.indices.delete(index=f"{prefix}-*")
        return report


def _search(
    index: OpenSearchIndex, asked: Sequence[str], vectors: Vectors, within: SearchFilter
) -> dict[str, float]:
    def once(turn: int) -> None:
        number = turn % len(asked)
        index.search_text(TextQuery(vectors[number], asked[number], limit=LIMIT), within)

    timed(once, 10)
    return timed(once, _TURNS)


def _match(index: OpenSearchIndex, raw: list[dict[str, Any]]) -> dict[str, float]:
    conditions = parse_conditions(raw, lenient=False)
    total = index.match(conditions, scope(100), after=None, limit=LIMIT).total
    times = timed(lambda _: index.match(conditions, scope(100), after=None, limit=LIMIT), 20)
    return {"matches": total, **times}


def _size(url: str, prefix: str) -> dict[str, int]:
    found = httpx.get(f"{url}/{prefix}-*/_stats/store,segments").json()["_all"]["primaries"]
    return {
        "index_mb": round(found["store"]["size_in_bytes"] / 1e6),
        "lucene_segments": found["segments"]["count"],
    }


def table(report: dict[str, Any]) -> str:
    size = f"{report['segments']} segments, {report['passages']} passages, {report['index_mb']} MB"
    lines = [f"{size} in {report['lucene_segments']} Lucene segments; built in {report['build_s']} s", ""]
    lines.append("filter        p50 ms    p99 ms    client cpu ms    recall@10")
    lines += map(_line, [*report["search"], {"percent": "none", "recall": "", **report["unfiltered"]}])
    lines += ["", "by the graph", *map(_line, report["graph"])]
    lines += ["", "condition      p50 ms    p99 ms    matches"]
    for name, row in report["conditions"].items():
        lines.append(f"{name:<12} {row['p50_ms']:>8} {row['p99_ms']:>9} {row['matches']:>10}")
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    times = f"{row['p50_ms']:>10} {row['p99_ms']:>9} {row['cpu_ms']:>16}"
    recalled = row["recall"] and f"{row['recall']:.3f}"
    return f"{row['percent']:>6} % {times} {recalled:>12}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=100_000)
    report = measure(parser.parse_args().segments)
    sys.stdout.write(f"{table(report)}\n\n{json.dumps(report)}\n")


if __name__ == "__main__":
    main()
