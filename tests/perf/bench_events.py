"""The cost of appending an event to a write on SQLite.

    python -m tests.perf.bench_events

The write is the most frequent one: the result of a segment, with the record of its model call and the pointer
to that. ``smallest`` is the result alone, the worst case. Writes with and without the event alternate, so
that both meet the same disk. The event includes its construction and its row in the event feed.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import new_id, segment_id
from shared.domain.media import Media, MediaType, Segment
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import ModelCall, OperationOutcome, PromptRun, RunOptions, SegmentResult
from shared.domain.runs.statuses import CallPurpose, CallStatus
from shared.domain.runs.targets import PlaygroundTarget
from shared.ports.records import Put
from shared.services.records.documents import Documents, put
from shared.services.runs.run_events import segment_processed

WRITES: Final = 1_000
WARM_UP: Final = 100
_RECIPE: Final = "fixed:10"


def measure() -> dict[str, Any]:
    """Return the medians of the writes in microseconds, and what the event adds in percent."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        records = SqliteRecords(Path(folder) / "records.sqlite")
        try:
            documents = Documents(records)
            return _measure(documents) | {"smallest": _measure(documents, with_call=False)}
        finally:
            records.close()


def _measure(documents: Documents, *, with_call: bool = True) -> dict[str, Any]:
    media, run = _media(), _run()
    times: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * (WARM_UP + WRITES)):
        with_event = bool(number % 2)
        start = time.perf_counter()
        _write(documents, run, media, number, with_call=with_call, with_event=with_event)
        times[with_event].append((time.perf_counter() - start) * 1e6)
    without, added = (statistics.median(times[with_event][WARM_UP:]) for with_event in (False, True))
    return {
        "write_us_p50": round(without, 1),
        "write_with_event_us_p50": round(added, 1),
        "added_percent": round(100 * (added / without - 1), 1),
    }


def _write(
    documents: Documents, run: PromptRun, media: Media, ordinal: int, *, with_call: bool, with_event: bool
) -> None:
    result = _result(run, media, ordinal)
    key = keys.segment_result(run.tenant_id, run.run_id, media.media_id, result.segment_id)
    writes = [put(key, result)]
    if with_call:
        call = _call(result)
        writes.append(put(keys.model_call(run.tenant_id, run.run_id, call.call_id), call))
        pointer = keys.call_of_medium(run.tenant_id, run.run_id, media.media_id, call.call_id)
        writes.append(Put(pointer, {}))
    if with_event:
        writes += segment_processed(run, media, result)
    documents.write(*writes)


def _call(result: SegmentResult) -> ModelCall:
    return ModelCall(
        call_id=new_id("llm"),
        run_id=result.run_id,
        prompt_id=result.prompt_id,
        media_id=result.media_id,
        segment_id=result.segment_id,
        model="builtin",
        purpose=CallPurpose.METADATA_EXTRACTION,
        status=CallStatus.SUCCESS,
        invoked_at=result.completed_at,
    )


def _media() -> Media:
    media_id = new_id("vid")
    return Media(
        media_id=media_id,
        tenant_id="bench",
        user_id="usr_bench",
        index_id=new_id("idx"),
        title="A film",
        file_name="film.mp4",
        media_type=MediaType.VIDEO,
        content_hash="ab",
        playback_key=f"media/bench/{media_id}/film.mp4",
        playback_type="video/mp4",
        created_at=timestamp(),
        updated_at=timestamp(),
    )


def _run() -> PromptRun:
    return PromptRun(
        run_id=new_id("run"),
        tenant_id="bench",
        user_id="usr_bench",
        prompt_id=new_id("prm"),
        prompt=PromptDefinition(name="p", prompt_text="t", json_schema={"type": "object"}),
        options=RunOptions(),
        target=PlaygroundTarget(),
        index_id=None,
        executed_at=timestamp(),
    )


def _result(run: PromptRun, media: Media, ordinal: int) -> SegmentResult:
    """Return a result of about 2 KB, as the built-in extractor makes it."""
    identifier = segment_id(media.media_id, _RECIPE, ordinal)
    start, end, moment = 10.0 * ordinal, 10.0 * ordinal + 10, timestamp()
    return SegmentResult(
        run_id=run.run_id,
        media_id=media.media_id,
        segment_id=identifier,
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        start=start,
        end=end,
        segment=Segment(
            segment_id=identifier,
            media_id=media.media_id,
            recipe=_RECIPE,
            ordinal=ordinal,
            start=start,
            end=end,
            created_at=moment,
        ),
        metadata={"summary": "A red car crosses the bridge. " * 8, "objects": ["car", "bridge"] * 8},
        metadata_text="A red car crosses the bridge. " * 12,
        text_content="Welcome to the morning news. " * 12,
        field_extraction=OperationOutcome(succeeded=True),
        completed_at=moment,
        executed_at=run.executed_at,
    )


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
