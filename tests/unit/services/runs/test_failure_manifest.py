"""Which failures of a run are listed, and how they are counted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import segment_id
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import MediumState, OperationOutcome, PromptRun, RunStatus, SegmentResult
from shared.services.records.documents import put
from shared.services.runs import failure_manifest
from shared.services.runs.failure_manifest import Failures, RunFailures, encoded_length
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA

FAILED = OperationOutcome(succeeded=False, error="no answer")
SUCCEEDED = OperationOutcome(succeeded=True)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def run(world: RunWorld) -> PromptRun:
    return world.execute([world.add_without_bytes()])


def result(run: PromptRun, media_id: str, ordinal: int, **outcomes: OperationOutcome) -> SegmentResult:
    return SegmentResult(
        run_id=run.run_id,
        media_id=media_id,
        segment_id=segment_id(media_id, "fixed:1", ordinal),
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        start=float(ordinal),
        end=ordinal + 1.0,
        completed_at=timestamp(),
        executed_at=timestamp(),
        **outcomes,
    )


def add_state(
    world: RunWorld,
    run: PromptRun,
    media_id: str,
    *,
    failures: list[SegmentResult] | None = None,
    **changes: Any,
) -> None:
    now = timestamp()
    state = MediumState(
        run_id=run.run_id,
        media_id=media_id,
        media_type=MediaType.VIDEO,
        prompt_id=run.prompt_id,
        created_at=now,
        updated_at=now,
        failures=failures,
        **({"ordinal": 1, "status": RunStatus.COMPLETED_WITH_FAILURES} | changes),
    )
    world.documents.write(put(keys.medium_state(run.tenant_id, run.run_id, media_id), state))


def read(world: RunWorld, run: PromptRun) -> Failures:
    return RunFailures(world.documents, world.runs.get(ANNA, run.run_id)).read()


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        ({"status": RunStatus.COMPLETED}, False),
        ({"status": RunStatus.FAILED, "failure_code": "internal_error"}, True),
        ({"status": RunStatus.CANCELLED, "failure_code": "media_deleted"}, False),
        ({"status": RunStatus.CANCELLED, "failed_segments": 1}, True),
        ({"transcription_failures": 1}, True),
        ({"image_embedding_failures": 1}, True),
    ],
)
def test_medium_is_listed_if_anything_failed(
    world: RunWorld, run: PromptRun, changes: Mapping[str, Any], listed: bool
) -> None:
    add_state(world, run, "vid_a", failures=[], **changes)
    found = read(world, run)
    assert [medium.medium_state.media_id for medium in found.media] == ["vid_a"] * listed
    assert (found.media_with_failures, found.truncated) == (int(listed), False)


def test_media_are_listed_in_order_of_run(world: RunWorld, run: PromptRun) -> None:
    add_state(world, run, "vid_a", ordinal=3, failed_segments=1, failures=[])
    add_state(world, run, "vid_b", ordinal=2, failed_segments=1, failures=[])
    assert [medium.medium_state.media_id for medium in read(world, run).media] == ["vid_b", "vid_a"]


@pytest.mark.parametrize("kept_in_state", [True, False])
def test_segment_counts_once_and_in_each_failed_operation(
    world: RunWorld, run: PromptRun, kept_in_state: bool
) -> None:
    failures = [
        result(run, "vid_a", 0, field_extraction=FAILED, transcription=FAILED),
        result(run, "vid_a", 1, field_extraction=SUCCEEDED, transcription=FAILED),
    ]
    for each in [*failures, result(run, "vid_a", 2, field_extraction=SUCCEEDED)]:
        key = keys.segment_result(run.tenant_id, run.run_id, "vid_a", each.segment_id)
        world.documents.write(put(key, each))
    add_state(world, run, "vid_a", failed_segments=1, failures=failures if kept_in_state else None)
    found = read(world, run)
    assert [segment.ordinal for segment in found.media[0].segments] == [0, 1]
    assert (found.failed_segments, found.media_with_failures) == (2, 1)
    assert found.operations == {"field_extraction": 1, "transcription": 2}


def test_answer_is_truncated_only_beyond_its_limit(
    world: RunWorld, run: PromptRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A medium takes 700 characters, and a segment 1000 and twice its message."""
    failures = [result(run, "vid_a", ordinal, field_extraction=FAILED) for ordinal in range(2)]
    add_state(world, run, "vid_a", failed_segments=2, field_extraction_failures=2, failures=failures)
    limit = 700 + 2 * (1000 + 2 * encoded_length("no answer"))
    monkeypatch.setattr(failure_manifest, "MAX_CHARACTERS", limit)
    assert (read(world, run).truncated, len(read(world, run).media[0].segments)) == (False, 2)
    monkeypatch.setattr(failure_manifest, "MAX_CHARACTERS", limit - 1)
    [medium] = read(world, run).media
    assert (medium.truncated, len(medium.segments), medium.failed_segments) == (True, 1, 2)
    assert medium.operations["field_extraction"] == 2
    assert read(world, run).truncated


@pytest.mark.parametrize(
    ("counters", "failed_segments", "operations"),
    [
        (
            {"failed_segments": 5, "field_extraction_failures": 3},
            5,
            {"field_extraction": 3, "processing": 2, "transcription": 0, "image_embedding": 0},
        ),
        (
            {"failed_segments": 1, "field_extraction_failures": 1, "transcription_failures": 4},
            4,
            {"field_extraction": 1, "processing": 0, "transcription": 4, "image_embedding": 0},
        ),
    ],
)
def test_truncated_medium_has_counts_of_its_state(
    world: RunWorld,
    run: PromptRun,
    monkeypatch: pytest.MonkeyPatch,
    counters: Mapping[str, int],
    failed_segments: int,
    operations: Mapping[str, int],
) -> None:
    add_state(world, run, "vid_a", failures=[result(run, "vid_a", 0, field_extraction=FAILED)], **counters)
    monkeypatch.setattr(failure_manifest, "MAX_CHARACTERS", 1000)
    [medium] = read(world, run).media
    assert (medium.failed_segments, medium.operations) == (failed_segments, operations)
    assert medium.segments == []


def test_counters_of_run_raise_truncated_counts(
    world: RunWorld, run: PromptRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(found: PromptRun) -> PromptRun:
        found.field_extraction_failures, found.transcription_failures = 7, 9
        found.media_counts = {
            MediaType.VIDEO: {"failed": 2, "partial": 3, "completed": 8},
            MediaType.AUDIO: {"failed": 1},
        }
        return found

    world.documents.update(PromptRun, keys.prompt_run(run.tenant_id, run.run_id), count)
    for media_id in ("vid_a", "vid_b"):
        failures = [result(run, media_id, 0, image_embedding=FAILED)]
        add_state(world, run, media_id, image_embedding_failures=1, failures=failures)
    exact = read(world, run)
    assert (exact.media_with_failures, exact.failed_segments) == (2, 2)
    assert exact.operations == {"image_embedding": 2}
    monkeypatch.setattr(failure_manifest, "MAX_CHARACTERS", 500)
    bounds = read(world, run)
    assert (len(bounds.media), bounds.media_with_failures, bounds.failed_segments) == (1, 6, 9)
    assert bounds.operations["field_extraction"] == 7
    assert bounds.operations["transcription"] == 9
    assert bounds.operations["image_embedding"] == 1


@pytest.mark.parametrize(("text", "length"), [(None, 0), ("", 0), ("a", 7), ('"', 10), ("\n", 9), ("ü", 13)])
def test_length_of_text_is_that_of_json_within_json(text: str | None, length: int) -> None:
    assert encoded_length(text) == length
