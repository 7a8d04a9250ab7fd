"""Answers about a run are bounded in size, however large the run is."""

from pathlib import Path

import pytest

from functions.api.gateway.events import is_too_long
from functions.api.prompt_runs.failure_schemas import FailedSegmentsManifest
from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import MEDIA, MODEL_CALL, new_id, segment_id
from shared.domain.media import MediaType
from shared.domain.runs.counts import count_segments, kept_failures, sum_media
from shared.domain.runs.prompt_run import (
    MediumState,
    ModelCall,
    OperationOutcome,
    PromptRun,
    RunStatus,
    SegmentResult,
)
from shared.domain.runs.statuses import CallPurpose, CallStatus
from shared.services.library.media_status import MediaStatus
from shared.services.records.documents import put
from shared.services.runs import views as run_views
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=2.0)


def test_model_calls_are_latest_that_fit_into_answer(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.run_now([world.add(film)])
    calls = [
        ModelCall(
            call_id=new_id(MODEL_CALL),
            run_id=run.run_id,
            model="m",
            purpose=CallPurpose.METADATA_EXTRACTION,
            status=CallStatus.SUCCESS,
            prompt_text="x" * 1000,
            invoked_at=timestamp(),
        )
        for _ in range(250)
    ]
    for call in calls:
        world.documents.write(put(keys.model_call("anna", run.run_id, call.call_id), call))
    newest = sorted(call.call_id for call in calls)
    monkeypatch.setattr(run_views, "_MAX_CALL_CHARACTERS", 150_000)
    shown = [call.call_id for call in world.run_views.model_calls(ANNA, run.run_id)]
    assert 50 < len(shown) < 75
    assert shown == newest[-len(shown) :]
    monkeypatch.undo()
    assert [c.call_id for c in world.run_views.model_calls(ANNA, run.run_id)][-250:] == newest


def test_status_contains_segments_of_newest_run(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    older, newer = world.run_now([media]), world.run_now([media])
    status = MediaStatus(world.documents)
    newest, before = status.one(ANNA, media.media_id).runs
    assert [newest.run.run_id, before.run.run_id] == [newer.run_id, older.run_id]
    assert before.segments == ()
    [result] = world.results(newer, media)
    [state] = newest.segments
    assert (state.segment_id, state.status, state.end) == (result.segment_id, "completed", result.end)
    assert (state.started_at, state.completed_at) == (result.started_at, result.completed_at)
    assert [run.segments for run in status.summaries(ANNA, [media.media_id])[0].runs] == [(), ()]


MESSAGES = {"short": "The model's answer fits no schema.", "worst": 'Größe "x" \u6f22\u5b57' * 100}


def fail_all(world: RunWorld, run: PromptRun, media: int, segments: int, message: str) -> None:
    """Write ``media`` media into ``run``, each with ``segments`` failed segments."""
    states = []
    now = timestamp()
    outcome = OperationOutcome(succeeded=False, error=message[:2000], code="invalid_answer", retryable=True)
    for number in range(media):
        media_id = new_id(MEDIA)
        results = [
            SegmentResult(
                run_id=run.run_id,
                media_id=media_id,
                segment_id=segment_id(media_id, "fixed:1", ordinal),
                prompt_id="prm_1",
                ordinal=ordinal,
                start=float(ordinal),
                end=ordinal + 1.0,
                field_extraction=outcome,
                failure_stage="field_extraction",
                completed_at=now,
                executed_at=now,
            )
            for ordinal in range(segments)
        ]
        state = MediumState(
            run_id=run.run_id,
            media_id=media_id,
            media_type=MediaType.VIDEO,
            prompt_id="prm_1",
            ordinal=number,
            status=RunStatus.FAILED,
            total_segments=segments,
            created_at=now,
            updated_at=now,
        )
        state = count_segments(state, results).model_copy(update={"failures": kept_failures(results)})
        states.append(state)
        world.documents.write(put(keys.medium_state("anna", run.run_id, media_id), state))
        for start in range(0, segments if state.failures is None else 0, 100):
            world.documents.write(
                *(
                    put(keys.segment_result("anna", run.run_id, media_id, result.segment_id), result)
                    for result in results[start : start + 100]
                )
            )
    key = keys.prompt_run("anna", run.run_id)
    world.documents.update(PromptRun, key, lambda found: sum_media(found, states))


@pytest.mark.slow
@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
@pytest.mark.parametrize(("media", "segments"), [(30, 200), (150, 40), (3500, 1)])
def test_failures_beyond_answer_limit_are_only_counted(
    world: RunWorld, media: int, segments: int, message: str
) -> None:
    run = world.execute([world.add_without_bytes()])
    fail_all(world, run, media, segments, message)
    manifest = FailedSegmentsManifest.from_domain(world.run_views.failures(ANNA, run.run_id))
    assert manifest.truncated
    assert (manifest.failed_segments, manifest.videos_with_failures) == (media * segments, media)
    assert manifest.operation_counts.field_extraction == media * segments
    listed = [segment.segment_id for video in manifest.videos for segment in video.segments]
    assert 400 < len(listed) < media * segments
    assert len(set(listed)) == len(listed)
    assert sum(video.truncated for video in manifest.videos) <= 1
    body = manifest.model_dump_json()
    assert len(body) > 1_000_000
    assert not is_too_long({"body": body})


def test_few_failures_are_all_listed(world: RunWorld) -> None:
    run = world.execute([world.add_without_bytes()])
    fail_all(world, run, 2, 60, "no answer")
    manifest = FailedSegmentsManifest.from_domain(world.run_views.failures(ANNA, run.run_id))
    assert (manifest.truncated, manifest.failed_segments) == (False, 120)
    assert [len(video.segments) for video in manifest.videos] == [60, 60]
