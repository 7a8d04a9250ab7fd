"""Export 100,000 segments.

    python -m tests.perf.bench_exports

A process of its own writes each file from the records of a laptop, so that its peak memory is that of the
export. The floor reads the same records from SQLite, and decodes and encodes their JSON, without the product.
"""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from shared.domain import keys
from shared.domain.exports.export_format import ExportFormat
from shared.domain.prompts.prompt import JsonObject
from shared.domain.runs.prompt_run import PromptRun
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.services.exports.content.content_world import Exporter, add_medium, add_run, go_on, scope_of

SEGMENTS: Final = 100_000
SEGMENTS_PER_MEDIUM: Final = 1_000
FORMATS: Final = (ExportFormat.JSONL, ExportFormat.CSV, ExportFormat.PARQUET)
TENANT: Final = "bench"
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "summary": {"type": "string"},
        "place": {"type": "object", "properties": {"city": {"type": "string"}, "light": {"type": "number"}}},
        "people_count": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "indoor": {"type": "boolean"},
        "rating": {"type": "number"},
        "mood": {"type": "string"},
        "has_text": {"type": "boolean"},
    },
}


def measure(segments: int = SEGMENTS) -> dict[str, Any]:
    """Return for each format the segments a second, the peak resident MiB and the times of the floor."""
    with tempfile.TemporaryDirectory() as name:
        run_id = _write_run(_runtime(Path(name)), segments)
        found = {str(each): _in_child(name, run_id, each) for each in FORMATS}
    return {"segments": segments} | found


def _in_child(folder: str, run_id: str, export_format: ExportFormat) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.perf.bench_exports", folder, run_id, export_format]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _runtime(folder: Path) -> Runtime:
    return local_runtime(Settings(data_folder=folder))


def _write_run(runtime: Runtime, segments: int) -> str:
    media = [add_medium(runtime.documents, TENANT) for _ in range(segments // SEGMENTS_PER_MEDIUM)]
    values = [_metadata(number) for number in range(SEGMENTS_PER_MEDIUM)]
    return add_run(runtime.documents, {each.media_id: values for each in media}, TENANT, SCHEMA).run_id


def _metadata(number: int) -> JsonObject:
    return {
        "title": f"Bridge {number}",
        "summary": "A red car crosses the bridge. " * 6,
        "place": {"city": "Köln", "light": number / 7},
        "people_count": number % 5,
        "tags": ["car", "bridge", "morning"],
        "indoor": number % 2 == 0,
        "rating": 0.5,
        "mood": "calm",
        "has_text": False,
        "transcription": "Welcome to the morning news. " * 6,
    }


def _export(folder: Path, run_id: str, export_format: ExportFormat) -> dict[str, Any]:
    runtime = _runtime(folder)
    run = runtime.documents.get(PromptRun, keys.prompt_run(TENANT, run_id))
    assert run is not None
    media_ids = runtime.documents.sort_keys(keys.medium_state(TENANT, run_id), limit=SEGMENTS).items
    scope = scope_of(run, media_ids)
    content = Exporter(runtime).content()
    before = _peak_mib()
    with (folder / "export").open("wb") as file:
        start, worked = time.perf_counter(), time.process_time()
        written = content.write(scope, export_format, file, go_on)
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
    memory = _peak_mib()
    floor = _floor_seconds(folder, run_id)
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(worked, 2),
        "segments_per_second": round(written.segments / seconds),
        "file_mb": round(written.bytes / 1e6, 1),
        "resident_mib": round(memory),
        "resident_before_mib": round(before),
        "floor_seconds": round(floor, 2),
        "times_floor": round(seconds / floor, 1),
    }


def _peak_mib() -> float:
    """Return the peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _floor_seconds(folder: Path, run_id: str) -> float:
    encode = json.JSONEncoder(ensure_ascii=False).encode
    with sqlite3.connect(folder / "records.sqlite") as connection, (folder / "floor").open("wb") as file:
        start = time.perf_counter()
        rows = connection.execute(
            "SELECT body FROM record WHERE partition >= ? AND partition < ? AND sort >= 'segment#'",
            (f"tenant#{TENANT}#results#{run_id}#", f"tenant#{TENANT}#results#{run_id}$"),
        )
        for (body,) in rows:
            file.write(encode(json.loads(body)).encode())
        return time.perf_counter() - start


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_export(Path(sys.argv[1]), sys.argv[2], ExportFormat(sys.argv[3]))))
    else:
        print(json.dumps(measure(), indent=2))
