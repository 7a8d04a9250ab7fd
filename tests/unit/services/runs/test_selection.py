"""The selection of a run: evaluated at the end of a medium, after a retry, and erased with the medium."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.prompts.prompt import Prompt
from shared.domain.runs.prompt_run import PromptRun, RunStatus, VideoResult
from shared.domain.runs.selection import MediumSelection
from shared.domain.runs.statuses import VideoLevelStatus
from shared.services.records.documents import put
from shared.services.runs.media_states import remove_from_run
from shared.services.runs.pipeline.run_coordinator import RunCoordinator
from shared.services.runs.selection import Selections, SelectionStatus, selection_status
from shared.services.runs.traces import RunTraces
from tests.unit.services.run_world import FIXED_2, OVERVIEW, RunWorld
from tests.unit.services.runs.selected_run import BUSY, ended, extracted
from tests.unit.services.storage import ANNA

TENANT = ANNA.tenant_id


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


def new_run(world: RunWorld, media: Media, prompt: Prompt | None = None) -> PromptRun:
    return world.execute([media], prompt or world.new_prompt(selection_filter=BUSY), FIXED_2)


def test_selected_segments_are_stored_and_counted(world: RunWorld) -> None:
    media, quiet = world.add_without_bytes(), world.add_without_bytes()
    run = world.execute([media, quiet], world.new_prompt(selection_filter=BUSY), FIXED_2)
    assert selection_status(run) is SelectionStatus.PENDING
    ids = extracted(world, run, media, 1, 2, None, 3)
    extracted(world, run, quiet, 0)
    run = ended(world, run)
    selections = Selections(world.documents)
    assert selections.matched(TENANT, run.run_id, media.media_id) == frozenset((ids[1], ids[3]))
    assert selections.matched(TENANT, run.run_id, quiet.media_id) == frozenset()
    assert selections.matched("bert", run.run_id, media.media_id) is None
    assert (run.selected_media_counts, run.selected_segments) == ({media.media_type: 1}, 2)
    assert selection_status(run) is SelectionStatus.COMPLETED


def test_selection_is_redone_after_change_of_result(world: RunWorld) -> None:
    media = world.add_without_bytes()
    run = new_run(world, media)
    extracted(world, run, media, 2, None)
    assert ended(world, run).selected_segments == 1
    ids = extracted(world, run, media, 2, 5)
    assert ended(world, run).selected_segments == 2
    assert Selections(world.documents).matched(TENANT, run.run_id, media.media_id) == frozenset(ids)


def test_results_of_a_medium_that_broke_off_are_selected(world: RunWorld) -> None:
    media = world.add_without_bytes()
    run = new_run(world, media)
    ids = extracted(world, run, media, 2, 0, breaks_off=True)
    assert RunCoordinator(world.documents).finish(TENANT, run.run_id) is RunStatus.FAILED
    run = world.runs.get(ANNA, run.run_id)
    assert Selections(world.documents).matched(TENANT, run.run_id, media.media_id) == frozenset(ids[:1])
    assert (run.selected_media_counts, run.selected_segments) == ({media.media_type: 1}, 1)


def test_run_keeps_filter_that_it_started_with(world: RunWorld) -> None:
    media, prompt = world.add_without_bytes(), world.new_prompt(selection_filter=BUSY)
    run = new_run(world, media, prompt)
    cleared = prompt.model_copy(update={"selection_filter": None})
    world.documents.write(put(keys.prompt(TENANT, prompt.prompt_id), cleared))
    extracted(world, run, media, 2)
    assert ended(world, run).selected_segments == 1


def test_run_without_filter_has_no_selection(world: RunWorld) -> None:
    media = world.add_without_bytes()
    run = new_run(world, media, world.new_prompt())
    extracted(world, run, media, 2)
    assert Selections(world.documents).matched(TENANT, run.run_id, media.media_id) is None
    assert selection_status(ended(world, run)) is SelectionStatus.ABSENT


def test_filter_of_earlier_release_that_breaks_rule_selects_nothing(world: RunWorld) -> None:
    media = world.add_without_bytes()
    run = new_run(world, media, world.new_prompt(selection_filter={"any": "thing"}))
    extracted(world, run, media, 2)
    run = ended(world, run)
    assert run.selected_segments == 0
    assert selection_status(run) is SelectionStatus.FAILED


@pytest.mark.parametrize(
    ("status", "selected"), [(VideoLevelStatus.COMPLETED, True), (VideoLevelStatus.FAILED, False)]
)
def test_media_wide_result_selects_medium(world: RunWorld, status: VideoLevelStatus, selected: bool) -> None:
    media = world.add_without_bytes()
    conditions = [{"field": "parts", "operator": "length_less", "value": 2}]
    prompt = world.new_prompt(selection_filter=conditions, video_level=OVERVIEW.model_dump())
    run = new_run(world, media, prompt)
    result = VideoResult(
        run_id=run.run_id,
        media_id=media.media_id,
        prompt_id=run.prompt_id,
        status=status,
        metadata={"parts": [1]},
        executed_at=run.executed_at,
    )
    world.documents.write(put(keys.video_result(TENANT, run.run_id, media.media_id), result))
    extracted(world, run, media, 2)
    run = ended(world, run)
    key = keys.medium_selection(TENANT, run.run_id, media.media_id)
    selection = world.documents.get(MediumSelection, key)
    assert selection == MediumSelection(media_id=media.media_id, selects_video=selected)
    assert (sum(run.selected_media_counts.values()), run.selected_segments) == (int(selected), 0)


def test_selection_is_erased_with_its_medium_and_still_counted(world: RunWorld) -> None:
    media = world.add_without_bytes()
    run = new_run(world, media)
    extracted(world, run, media, 2, 3)
    run = ended(world, run)
    RunTraces(world.documents, TENANT, run.run_id, media.media_id).erase()
    remove_from_run(world.documents, TENANT, run.run_id, media.media_id)
    assert world.documents.sort_keys(keys.medium_selection(TENANT, run.run_id), limit=9).items == []
    assert ended(world, run).selected_segments == 2
