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


def beside_earlier_version(segments: int) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_search_releases

    found = bench_search_releases.measure_planted(segments)
    print(bench_search_releases.table(found), flush=True)
    goals = []
    for row in found["search"]:
        name = f"text search, {segments:,} segments, {row['percent']:g} %"
        goals += [
            Goal(f"{name}, beside the earlier version", row["ratio"], 0.5, False, "x the time"),
            Goal(f"{name}, recall@10", row["now"]["recall"], 0.99, True, ""),
        ]
    return found, goals


def million_segments() -> tuple[dict[str, Any], list[Goal]]:
    """Measure a million segments. A slower machine has twice the time of one pass over all signs."""
    from tests.perf import bench_search_releases

    found = bench_search_releases.measure_planted(1_000_000, count=30)
    print(bench_search_releases.table(found), flush=True)
    most = max(25.0, 2 * found["sign_pass_ms"])
    goals = [Goal("ready with a million segments", found["opened"]["now"]["seconds"], 10, False, "s")]
    for row in found["search"]:
        name = f"text search, a million segments, {row['percent']:g} %"
        goals += [
            Goal(f"{name}, p50", row["now"]["ms"], most, False, "ms"),
            Goal(f"{name}, recall@10", row["now"]["recall"], 0.99, True, ""),
        ]
    return found, goals


def several_callers(segments: int) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_search_callers

    found = bench_search_callers.measure(segments)
    name = f"{found['callers']} callers, {segments:,} segments, p95 by the p50 of one"
    return found, [Goal(name, found["ratio"], 4, False, "x")]


def beside_peers(segments: int) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_search_peers

    found = bench_search_peers.measure_planted(segments)
    return {"search": found}, [
        Goal(
            f"vector search, {segments:,} segments, {row['percent']:g} %, beside LanceDB",
            round(row["embedded"]["p50_ms"] / row["lancedb"]["p50_ms"], 2),
            1,
            False,
            "x the time",
        )
        for row in found
    ]


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
