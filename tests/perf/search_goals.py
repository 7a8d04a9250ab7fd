"""Benchmarks of search, and their goals."""

from typing import Any

from tests.perf.goals import Goal


def one_version(segments: int) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_search

    found = bench_search.measure(segments)
    goals = [Goal(f"text search, {segments:,} segments, p50", found["p50_ms"], 30, False, "ms")]
    goals += [
        Goal(f"recall@10 at {share} %", recall, 0.99, True, "")
        for share, recall in found["recall_at_10"].items()
    ]
    return found, goals


def opensearch(segments: int) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_opensearch

    found = bench_opensearch.measure(segments)
    print(bench_opensearch.table(found), flush=True)
    size = round(found["size"]["now"]["mb"] / found["size"]["earlier"]["mb"], 2)
    goals = [Goal("index in OpenSearch, beside the earlier version", size, 0.5, False, "x the size")]
    for share, ratio in found["ratio"].items():
        name = f"OpenSearch at {share} %"
        goals += [
            Goal(f"{name}, beside the earlier embedded index", ratio, 3, False, "x the time"),
            Goal(f"{name}, recall@10", found["recall_at_10"][share], 0.99, True, ""),
            Goal(f"{name}, recall@10 by the graph", found["graph_recall_at_10"][share], 0.95, True, ""),
        ]
    return found, goals
