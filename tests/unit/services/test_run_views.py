"""What callers read of a run stays within bounds, whatever the run has left."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import MODEL_CALL, new_id
from shared.domain.prompt_run import ModelCall
from shared.services import run_views
from shared.services.documents import put
from shared.services.media_status import MediaStatus
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=2.0)


def test_calls_are_the_latest_that_fit_into_memory(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.run_now([world.add(film)])
    made = [
        ModelCall(
            call_id=new_id(MODEL_CALL),
            run_id=run.run_id,
            model="m",
            purpose="p",
            status="ok",
            prompt_text="x" * 1000,
            invoked_at=timestamp(),
        )
        for _ in range(250)
    ]
    for call in made:
        world.documents.write(put(keys.model_call("anna", run.run_id, call.call_id), call))
    newest = sorted(call.call_id for call in made)
    monkeypatch.setattr(run_views, "_MAX_CALL_CHARACTERS", 150_000)
    assert [c.call_id for c in world.run_views.model_calls(ANNA, run.run_id)] == newest[-200:]
    monkeypatch.undo()
    assert [c.call_id for c in world.run_views.model_calls(ANNA, run.run_id)][-250:] == newest


def test_a_status_tells_how_each_segment_of_the_newest_run_ended(world: RunWorld, film: Path) -> None:
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
