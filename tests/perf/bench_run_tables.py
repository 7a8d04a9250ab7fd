"""Build the run table of 100,000 segments with ten leaves.

    python -m tests.perf.bench_run_tables

A process of its own builds the table from the records of a laptop, so that its peak memory is that of the
build. The floor is a plain ``executemany`` of the same rows into a table with the same columns, in the same
process, after the build.
"""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import new_id, segment_id
from shared.domain.media import Media, MediaType, Segment
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import (
    MediumState,
    OperationOutcome,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentResult,
)
from shared.domain.runs.targets import PlaygroundTarget
from shared.services.library.media_records import new_medium_writes
from shared.services.records.documents import Documents, put
from shared.services.runs.tables.tables import RunTables

SEGMENTS: Final = 100_000
SEGMENTS_PER_MEDIUM: Final = 1_000
TENANT: Final = "bench"
_RECIPE: Final = "fixed:10"
_WRITES: Final = 50
SCHEMA: Final = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "summary": {"type": "string"},
        "scene": {
            "type": "object",
            "properties": {
                "location": {"type": "string"},
                "light": {"type": "number"},
                "indoor": {"type": "boolean"},
            },
        },
        "people_count": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "rating": {"type": "number"},
        "mood": {"type": "string"},
        "has_text": {"type": "boolean"},
    },
}


def measure(segments: int = SEGMENTS) -> dict[str, Any]:
    """Return seconds and resident MiB of the build, and the seconds of the floor."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        run_id = _write_run(Path(name), segments)
        command = [sys.executable, "-m", "tests.perf.bench_run_tables", name, run_id]
        built = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(built.stdout)
    return {"segments": segments} | found


def _write_run(folder: Path, segments: int) -> str:
    records = SqliteRecords(folder / "records.sqlite")
    documents = Documents(records)
    run = PromptRun(
        run_id=new_id("run"),
        tenant_id=TENANT,
        user_id="usr_bench",
        prompt_id=new_id("prm"),
        prompt=PromptDefinition(name="p", prompt_text="t", json_schema=SCHEMA),
        options=RunOptions(),
        target=PlaygroundTarget(),
        index_id=None,
        status=RunStatus.COMPLETED,
        planned=True,
        executed_at=timestamp(),
    )
    documents.write(put(keys.prompt_run(TENANT, run.run_id), run))
    for ordinal in range(segments // SEGMENTS_PER_MEDIUM):
        _write_medium(documents, run, ordinal)
    records.close()
    return run.run_id


def _write_medium(documents: Documents, run: PromptRun, ordinal: int) -> None:
    media = _media()
    state = MediumState(
        run_id=run.run_id,
        media_id=media.media_id,
        media_type=media.media_type,
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        status=RunStatus.COMPLETED,
        recipe=_RECIPE,
        total_segments=SEGMENTS_PER_MEDIUM,
        created_at=timestamp(),
        updated_at=timestamp(),
    )
    documents.write(
        *new_medium_writes(media), put(keys.medium_state(TENANT, run.run_id, media.media_id), state)
    )
    for first in range(0, SEGMENTS_PER_MEDIUM, _WRITES):
        documents.write(
            *(
                put(keys.segment_result(TENANT, run.run_id, media.media_id, result.segment_id), result)
                for result in _results(run, media, first)
            )
        )


def _media() -> Media:
    media_id = new_id("vid")
    return Media(
        media_id=media_id,
        tenant_id=TENANT,
        user_id="usr_bench",
        index_id=new_id("idx"),
        title="A film",
        file_name="film.mp4",
        media_type=MediaType.VIDEO,
        content_hash="ab",
        playback_key=f"media/{TENANT}/{media_id}/film.mp4",
        playback_type="video/mp4",
        created_at=timestamp(),
        updated_at=timestamp(),
    )


def _results(run: PromptRun, media: Media, first: int) -> Iterator[SegmentResult]:
    """Yield results of about 2 KB, as a model makes them."""
    moment = timestamp()
    for ordinal in range(first, first + _WRITES):
        identifier = segment_id(media.media_id, _RECIPE, ordinal)
        start, end = 10.0 * ordinal, 10.0 * ordinal + 10
        segment = Segment(
            segment_id=identifier,
            media_id=media.media_id,
            recipe=_RECIPE,
            ordinal=ordinal,
            start=start,
            end=end,
            created_at=moment,
        )
        yield SegmentResult(
            run_id=run.run_id,
            media_id=media.media_id,
            segment_id=identifier,
            prompt_id=run.prompt_id,
            ordinal=ordinal,
            start=start,
            end=end,
            segment=segment,
            metadata=_metadata(ordinal),
            metadata_text="A red car crosses the bridge. " * 8,
            text_content="Welcome to the morning news. " * 8,
            field_extraction=OperationOutcome(succeeded=True),
            completed_at=moment,
            executed_at=run.executed_at,
        )


def _metadata(ordinal: int) -> dict[str, Any]:
    return {
        "title": f"Bridge {ordinal}",
        "summary": "A red car crosses the bridge. " * 6,
        "scene": {"location": "bridge", "light": ordinal / 7, "indoor": ordinal % 2 == 0},
        "people_count": ordinal % 5,
        "tags": ["car", "bridge", "morning"],
        "rating": 0.5,
        "mood": "calm",
        "has_text": False,
        "transcription": "Welcome to the morning news. " * 6,
    }


def _build(folder: Path, run_id: str) -> dict[str, Any]:
    documents = Documents(SqliteRecords(folder / "records.sqlite"))
    blobs = FolderBlobs(folder / "blobs", link_base_url=lambda: "", signing_key=b"k" * 32)
    tables = RunTables(documents, blobs)
    before = _resident_mib()
    start, processor_start = time.perf_counter(), time.process_time()
    with tables.open(TENANT, run_id) as path:
        seconds, processor = time.perf_counter() - start, time.process_time() - processor_start
        memory = _resident_mib()
        start = time.perf_counter()
        with tables.open(TENANT, run_id):
            reopened = time.perf_counter() - start
        floor = _floor_seconds(path, folder / "floor.sqlite")
        size = path.stat().st_size
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "resident_mib": round(memory),
        "resident_before_mib": round(before),
        "open_stored_seconds": round(reopened, 2),
        "floor_seconds": round(floor, 2),
        "times_floor": round(seconds / floor, 1),
        "file_mb": round(size / 1e6, 1),
    }


def _floor_seconds(built: Path, floor: Path) -> float:
    """Return the time of one ``executemany`` of the rows of ``segments``, which are in memory."""
    source = sqlite3.connect(built)
    rows = source.execute("SELECT * FROM segments").fetchall()
    [(definition,)] = source.execute("SELECT sql FROM sqlite_master WHERE name = 'segments'").fetchall()
    source.close()
    target = sqlite3.connect(floor)
    target.execute(definition)
    start = time.perf_counter()
    target.executemany(f"INSERT INTO segments VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    target.commit()
    seconds = time.perf_counter() - start
    target.close()
    return seconds


def _resident_mib() -> float:
    """Return the peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_build(Path(sys.argv[1]), sys.argv[2])))
    else:
        print(json.dumps(measure(), indent=2))
