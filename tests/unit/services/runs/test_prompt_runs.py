"""Estimate, start, list and cancel prompt runs."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.ids import new_id
from shared.domain.media import Media, MediaType, ProcessingStatus
from shared.domain.prompts.rules import DEFAULT_PROMPT
from shared.domain.runs.prompt_run import MediumState, RunOptions, RunStatus, SegmentationType
from shared.domain.runs.targets import IndexTarget, MediaTarget, PlaygroundTarget, RunTarget
from shared.services.runs.pipeline.plan import plan
from tests.unit.services.run_world import FIXED_2, RunWorld
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


def medium(
    world: RunWorld,
    index_id: str | None = None,
    *,
    kind: MediaType = MediaType.VIDEO,
    seconds: float | None = 60.0,
) -> Media:
    now = timestamp()
    media = Media(
        media_id=new_id("vid"),
        tenant_id=ANNA.tenant_id,
        user_id=ANNA.user_id,
        index_id=index_id,
        title="t",
        file_name="t.mp4",
        media_type=kind,
        content_hash="ab",
        playback_key="media/anna/x/y",
        playback_type="video/mp4",
        duration_seconds=seconds,
        created_at=now,
        updated_at=now,
    )
    world.keep(media)
    return media


def test_run_is_written_with_its_job_and_pointers(world: RunWorld) -> None:
    index_id = world.new_index()
    first, second = medium(world, index_id), medium(world, index_id)
    prompt = world.new_prompt()
    target = IndexTarget.of(index_id)
    run = world.runs.execute(ANNA, prompt.prompt_id, target, FIXED_2, "run_1")
    assert run.status is RunStatus.PENDING
    assert run.media_counts[MediaType.VIDEO]["total"] == 2
    assert run.prompt.name == prompt.name
    assert [request.job_id for request in world.jobs.requests] == ["run_1"]
    assert world.job("run_1").arguments == {"tenant_id": "anna", "run_id": "run_1"}
    assert [r.run_id for r in world.runs.list_for_index(ANNA, index_id, limit=10).items] == ["run_1"]
    for media in (first, second):
        assert [r.run_id for r in world.runs.list_for_media(ANNA, media.media_id, 10)] == ["run_1"]
    assert world.documents.sort_keys(keys.prompt_usage("anna", prompt.prompt_id), limit=9).items == ["run_1"]


def test_repeated_start_returns_same_run(world: RunWorld) -> None:
    media, prompt = medium(world), world.new_prompt()
    target = MediaTarget.of([media.media_id])
    first = world.runs.execute(ANNA, prompt.prompt_id, target, FIXED_2, "run_1")
    assert world.runs.execute(ANNA, prompt.prompt_id, target, FIXED_2, "run_1") == first
    assert len(world.runs.latest(ANNA, 10)) == 1


def test_run_stores_copy_of_prompt(world: RunWorld) -> None:
    media, prompt = medium(world), world.new_prompt()
    run = world.execute([media], prompt)
    world.documents.update(
        type(prompt),
        keys.prompt("anna", prompt.prompt_id),
        lambda p: p.model_copy(update={"prompt_text": "Something else"}),
    )
    assert world.runs.get(ANNA, run.run_id).prompt.prompt_text == prompt.prompt_text


def test_invalid_targets_are_refused(world: RunWorld) -> None:
    index_id, other = world.new_index(), world.new_index(name="other")
    inside, prompt = medium(world, index_id), world.new_prompt().prompt_id
    unmeasured = medium(world, seconds=None)

    def refused(target: RunTarget, error: type[Exception]) -> None:
        with pytest.raises(error):
            world.runs.execute(ANNA, prompt, target, FIXED_2, new_id("run"))

    refused(IndexTarget.of(other), InvalidRequest)
    refused(IndexTarget.of("idx_unknown"), NotFound)
    refused(MediaTarget.of(["vid_unknown"]), NotFound)
    refused(MediaTarget.of([inside.media_id], other), InvalidRequest)
    refused(MediaTarget.of([unmeasured.media_id]), InvalidRequest)
    with pytest.raises(NotFound):
        world.runs.execute(BERT, prompt, PlaygroundTarget(), FIXED_2, new_id("run"))
    assert world.jobs.requests == []


def test_stored_target_has_index_only_if_media_share_one(world: RunWorld) -> None:
    index_id, prompt = world.new_index(), world.new_prompt().prompt_id
    inside, outside = medium(world, index_id), medium(world)

    def stored(target: RunTarget) -> object:
        run = world.runs.execute(ANNA, prompt, target, FIXED_2, new_id("run"))
        record = world.documents.records.get(keys.prompt_run("anna", run.run_id))
        assert record is not None
        return record.body["target"]

    assert stored(IndexTarget.of(index_id)) == {"type": "index", "index_id": index_id}
    named = {"type": "videos", "video_ids": [inside.media_id], "index_id": index_id}
    assert stored(MediaTarget.of([inside.media_id])) == named
    assert stored(MediaTarget.of([outside.media_id])) == {"type": "videos", "video_ids": [outside.media_id]}
    assert stored(PlaygroundTarget()) == {"type": "playground"}


def test_contradictory_options_are_refused(world: RunWorld) -> None:
    media, prompt = medium(world), world.new_prompt().prompt_id
    target = MediaTarget.of([media.media_id])
    for options in (
        RunOptions(video_segmentation_type=SegmentationType.FIXED),
        RunOptions(audio_segmentation_type=SegmentationType.FIXED),
        RunOptions(audio_segmentation_type=SegmentationType.SMART),
        RunOptions(video_segment_duration=301),
    ):
        with pytest.raises(InvalidRequest):
            world.runs.estimate(ANNA, prompt, target, options)


def test_estimate_grows_with_duration_and_options(world: RunWorld) -> None:
    media, prompt = medium(world), world.new_prompt().prompt_id
    medium(world, kind=MediaType.IMAGE, seconds=None)
    one = MediaTarget.of([media.media_id])
    full = world.runs.estimate(ANNA, prompt, one, FIXED_2)
    without_transcript = world.runs.estimate(
        ANNA, prompt, one, FIXED_2.model_copy(update={"enable_transcription": False})
    )
    both = world.runs.estimate(ANNA, prompt, PlaygroundTarget(), FIXED_2)
    assert without_transcript.estimated_mt < full.estimated_mt < both.estimated_mt
    assert full.sufficient_balance
    assert both.item_count == 2


def test_second_processing_of_busy_medium_is_refused(world: RunWorld) -> None:
    media = medium(world)
    run = world.runs.process_media(ANNA, media.media_id, 10, None, "run_1")
    assert run.options.video_segment_duration == 10
    assert run.prompt_id == DEFAULT_PROMPT.prompt_id
    stored = world.documents.get(Media, keys.media("anna", media.media_id))
    assert stored is not None
    assert stored.status is ProcessingStatus.PROCESSING
    with pytest.raises(Conflict):
        world.runs.process_media(ANNA, media.media_id, 10, None, "run_2")
    with pytest.raises(NotFound):
        world.runs.process_media(ANNA, "vid_unknown", 10, None, "run_3")


def test_lists_are_newest_first_and_paged(world: RunWorld) -> None:
    index_id = world.new_index()
    medium(world, index_id)
    prompt = world.new_prompt().prompt_id
    target = IndexTarget.of(index_id)
    ids = [world.runs.execute(ANNA, prompt, target, FIXED_2, new_id("run")).run_id for _ in range(5)]
    newest_first = ids[::-1]
    assert [run.run_id for run in world.runs.latest(ANNA, 3)] == newest_first[:3]
    page = world.runs.list_for_index(ANNA, index_id, limit=3)
    rest = world.runs.list_for_index(ANNA, index_id, limit=3, after=page.next_after)
    assert [run.run_id for run in (*page.items, *rest.items)] == newest_first
    assert rest.next_after is None
    assert world.runs.latest(BERT, 3) == []


def test_large_target_is_planned_by_first_step(world: RunWorld) -> None:
    index_id = world.new_index()
    media = [medium(world, index_id, kind=MediaType.IMAGE, seconds=None) for _ in range(130)]
    target = IndexTarget.of(index_id)
    run = world.runs.execute(ANNA, world.new_prompt().prompt_id, target, FIXED_2, "run_1")
    assert not run.planned
    assert run.media_counts[MediaType.IMAGE]["total"] == 130
    world.runs.cancel(ANNA, run.run_id)
    world.work(run.run_id)
    states = world.documents.every(MediumState, keys.medium_state("anna", run.run_id))
    assert {state.media_id for state in states} == {m.media_id for m in media}
    assert sorted(state.ordinal for state in states) == list(range(130))
    assert world.runs.get(ANNA, run.run_id).media_counts[MediaType.IMAGE]["cancelled"] == 130


def test_cancellation_is_idempotent_and_ends_run(world: RunWorld) -> None:
    run = world.execute([medium(world)])
    first = world.runs.cancel(ANNA, run.run_id)
    assert first.stop.requested_by == ANNA.user_id
    assert world.runs.cancel(ANNA, run.run_id) == first
    world.work(run.run_id)
    ended = world.runs.get(ANNA, run.run_id)
    assert ended.status is RunStatus.CANCELLED
    assert ended.stop.observed_at
    assert ended.stop.completed_at
    assert ended.billing_status == "released"
    with pytest.raises(NotFound):
        world.runs.cancel(BERT, run.run_id)


def test_run_over_many_indexes_has_all_pointers(world: RunWorld) -> None:
    media = [medium(world, world.new_index(name=f"index {number}")) for number in range(100)]
    prompt = world.new_prompt()
    target = MediaTarget.of([m.media_id for m in media])
    run = world.runs.execute(ANNA, prompt.prompt_id, target, FIXED_2, "run_1")
    used = world.documents.sort_keys(keys.prompt_usage("anna", prompt.prompt_id), limit=5)
    assert used.items == [run.run_id]
    plan(world.documents, run)
    for each in media:
        assert world.runs.list_for_index(ANNA, each.index_id or "", limit=5).items
