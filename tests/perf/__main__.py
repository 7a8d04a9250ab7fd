"""``make bench``: run the benchmarks; print one table and write JSON to ``bench-results/``."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tests.perf import search_goals
from tests.perf.goals import Goal

RESULTS: Final = Path("bench-results")


def pipeline() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_pipeline

    found = bench_pipeline.measure()
    return found, [
        Goal("ingest without a run", found["ingest"], 30, True, "x real time"),
        Goal("run with everything on", found["run"], 3, True, "x real time"),
        Goal("second run, other prompt", found["second_run"], 10, True, "x faster than the first"),
    ]


def full_run() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_full_run

    found = bench_full_run.measure()
    name = f"full run, 720p, beside commit {found['commit']}"
    return found, [Goal(name, found["times_faster"], 2, True, "x as fast")]


def memory(minutes: float) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_memory

    found = bench_memory.measure(minutes=minutes)
    length = f"{found['minutes_of_video']:.0f} min of video"
    return found, [
        Goal(f"resident memory, {length}", found["peak_resident_mib"], 1536, False, "MiB"),
        Goal("GET by id, p50", found["get_idle_ms_p50"], 5, False, "ms"),
    ]


def functions() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_lambda

    found = bench_lambda.measure()
    return found, [
        Goal(f"warm function, {name}, p50", taken["p50"], 400, False, "us") for name, taken in found.items()
    ]


def cold_start() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_cold_start

    found = bench_cold_start.measure()
    return found, [
        Goal(f"cold start, {name}, processor time", taken, 450, False, "ms")
        for name, taken in found.items()
        if name != bench_cold_start.FLOOR
    ]


def embedding() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_embedding

    found = bench_embedding.measure()
    return found, [
        Goal("embed a query, p50", found["query_ms"], 10, False, "ms"),
        Goal("cold start, query embedding", found["function_start_s"], 3, False, "s"),
        Goal("warm query embedding, words", found["function_words_ms"], 250, False, "ms"),
        Goal("warm query embedding, picture", found["function_picture_ms"], 250, False, "ms"),
    ]


def hostile() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_hostile

    found = bench_hostile.measure()
    return found, [
        Goal("GET beside hostile requests, p99", found["get_ms_p99"], 500, False, "ms"),
        Goal("memory rise by hostile requests", found["memory_rise_mib"], 300, False, "MiB"),
    ]


def webhooks() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_webhooks

    found = bench_webhooks.measure()
    delay = found["beside_hanging_receiver_ms_max"] - found["commit_to_receiver_ms_p50"]
    return found, [
        Goal("event from commit to receiver, p50", found["commit_to_receiver_ms_p50"], 150, False, "ms"),
        Goal("1,000 deliveries of 50 ms", found["thousand_deliveries_s"], 10, False, "s"),
        Goal("memory rise by 1,000 deliveries", found["memory_rise_mib"], 100, False, "MiB"),
        Goal("longest delay by a hanging receiver", round(delay, 1), 1000, False, "ms"),
    ]


def events() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_events

    found = bench_events.measure()
    return found, [Goal("event added to a write, p50", found["added_percent"], 60, False, "%")]


def browse() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_browse

    found = bench_browse.measure()
    objects = f"{found['objects']:,} objects"
    return found, [
        Goal(f"browse {objects}, first 1,000", found["first_seconds"], 2, False, "s"),
        Goal(f"browse all of {objects}, memory", found["whole_mib"], 200, False, "MiB"),
    ]


def imports() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_imports

    found = bench_imports.measure()
    return found, [
        Goal(f"plan an import of {found['objects']:,} objects", found["plan_seconds"], 30, False, "s"),
        Goal(f"plan an import of {found['objects']:,} objects, memory", found["plan_mib"], 300, False, "MiB"),
        Goal(
            f"import {found['pictures']:,} small pictures", found["pictures_per_second"], 60, True, "a second"
        ),
    ]


def run_tables() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_run_tables

    found = bench_run_tables.measure()
    segments = f"{found['segments']:,} segments with ten leaves"
    return found, [
        Goal(f"run table of {segments}", found["seconds"], 20, False, "s"),
        Goal(f"run table of {segments}, memory", found["resident_mib"], 200, False, "MiB"),
    ]


def exports(segments: int) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_exports

    found = bench_exports.measure(segments)
    lines = found["jsonl"]
    name = f"export of {segments:,} segments as JSON Lines"
    return found, [
        Goal(name, lines["segments_per_second"], 10_000, True, "a second"),
        Goal(f"{name}, resident memory", lines["resident_mib"], 200, False, "MiB"),
        Goal(f"{name}, time of reading and encoding", lines["times_floor"], 3, False, "x"),
    ]


def library() -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_library

    found = bench_library.measure()
    return found, [
        Goal(f"scroll {found['media']:,} media, work a frame, p50", found["frame_ms_p50"], 8, False, "ms"),
        Goal(f"scroll {found['media']:,} media, work a frame, p95", found["frame_ms_p95"], 16, False, "ms"),
        Goal(f"page with {found['media']:,} media, memory", found["page_mib"], 300, False, "MiB"),
        Goal("upload of 2 GB, memory of the page", found["upload_growth_mib"], 100, False, "MiB"),
    ]


def console(segments: int) -> tuple[dict[str, Any], list[Goal]]:
    from tests.perf import bench_console

    found = bench_console.measure(segments)
    slowest, change = max(found["change_ms"].items(), key=lambda each: each[1])
    search, transcript = found["search"], found["transcript"]
    return found, [
        Goal("first page, compressed JavaScript", found["javascript_kb"], 250, False, "kB"),
        Goal("first page, largest contentful paint", found["first_paint_ms"], 1500, False, "ms"),
        Goal(f"change to the slowest page, {slowest}", change, 100, False, "ms"),
        Goal(f"hits drawn, {segments:,} segments, p50", search["drawn_ms_p50"], 150, False, "ms"),
        Goal("scroll a transcript of 2 h, work a frame, p50", transcript["frame_ms_p50"], 8, False, "ms"),
        Goal("scroll a transcript of 2 h, work a frame, p95", transcript["frame_ms_p95"], 16, False, "ms"),
        Goal("page with a transcript of 2 h, memory", transcript["page_mib"], 300, False, "MiB"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.perf", description=__doc__)
    parser.add_argument(
        "benchmarks",
        nargs="*",
        help="pipeline, full-run, search, search-releases, search-million, search-callers, search-peers, "
        "memory, lambda, cold-start, embedding, hostile, browse, imports, run-tables, exports, events, "
        "webhooks, library, console, opensearch; default: all",
    )
    parser.add_argument("--minutes", type=float, default=60, help="length of the long video")
    parser.add_argument("--segments", type=int, default=100_000, help="size of the searched archive")
    arguments = parser.parse_args()
    known: dict[str, Callable[[], tuple[dict[str, Any], list[Goal]]]] = {
        "pipeline": pipeline,
        "full-run": full_run,
        "search": lambda: search_goals.one_version(arguments.segments),
        "search-releases": lambda: search_goals.beside_earlier_version(arguments.segments),
        "search-million": search_goals.million_segments,
        "search-callers": lambda: search_goals.several_callers(arguments.segments),
        "search-peers": lambda: search_goals.beside_peers(arguments.segments),
        "memory": lambda: memory(arguments.minutes),
        "lambda": functions,
        "cold-start": cold_start,
        "embedding": embedding,
        "hostile": hostile,
        "events": events,
        "webhooks": webhooks,
        "browse": browse,
        "imports": imports,
        "run-tables": run_tables,
        "exports": lambda: exports(arguments.segments),
        "library": library,
        "console": lambda: console(arguments.segments),
        "opensearch": lambda: search_goals.opensearch(arguments.segments),
    }
    unknown = set(arguments.benchmarks) - set(known)
    if unknown:
        parser.error(f"unknown benchmark: {', '.join(sorted(unknown))}")
    goals: list[Goal] = []
    RESULTS.mkdir(exist_ok=True)
    for name in arguments.benchmarks or known:
        print(f"measuring: {name}", flush=True)
        found, reached = known[name]()
        (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=2))
        goals += reached
    _show(goals)
    return 0 if all(goal.met for goal in goals) else 1


def _show(goals: list[Goal]) -> None:
    table = Table("what", "measured", "goal", "")
    for goal in goals:
        bound = f"{'at least' if goal.at_least else 'at most'} {goal.bound:g} {goal.unit}"
        table.add_row(goal.name, f"{goal.measured:g} {goal.unit}", bound, "met" if goal.met else "MISSED")
    Console(width=110).print(table)


if __name__ == "__main__":
    sys.exit(main())
