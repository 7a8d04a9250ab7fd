"""The denormalised records of a medium agree, also after concurrent writes and deletions."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.ids import new_id
from shared.domain.media import DeletingIndexes, Media, ProcessingStatus
from shared.domain.runs.card import ListedMedia, RunCard, RunSummary
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.domain.runs.segment_states import SegmentStates
from shared.domain.runs.targets import IndexTarget
from shared.ports.records import MAX_WRITES, Write
from shared.services.library.media_records import MediaRecords, address_of
from shared.services.runs.media_states import media_of_run, remove_from_run
from shared.services.runs.pipeline.plan import plan
from tests.unit.services.run_world import FIXED_2, RunWorld
from tests.unit.services.storage import ANNA, never


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path / "world")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "leaf.png"
    Image.new("RGB", (64, 48), "green").save(path)
    return path


def agreed(world: RunWorld, media: Media, run: PromptRun) -> tuple[Media, MediumState]:
    """Check that all records of a medium agree; return the medium and its state in ``run``."""
    address = address_of(media)
    stored = world.documents.get(Media, address.media)
    entry = world.documents.get(ListedMedia, address.list_entry)
    card = world.documents.get(RunCard, address.card)
    state = world.documents.get(MediumState, keys.medium_state("anna", run.run_id, media.media_id))
    assert stored is not None
    assert state is not None
    assert card is not None
    assert entry == ListedMedia.of(stored, card)
    assert RunSummary.of(state) in card.runs
    return stored, state


def test_records_agree_after_every_step_of_run(world: RunWorld, picture: Path) -> None:
    media = world.add(picture)
    run = world.execute([media])
    assert agreed(world, media, run)[1].status is RunStatus.PENDING
    world.work(run.run_id)
    stored, state = agreed(world, media, run)
    assert (stored.status, state.status) == (ProcessingStatus.PROCESSED, RunStatus.COMPLETED)
    assert stored.metadata_keys


def test_concurrent_changes_are_all_stored(world: RunWorld, picture: Path) -> None:
    media = world.add(picture)
    runs = [world.execute([media]) for _ in range(4)]
    records = MediaRecords(world.documents)

    def one_more(state: MediumState) -> MediumState:
        return state.model_copy(update={"successful_segments": state.successful_segments + 1})

    def count(run: PromptRun) -> None:
        for _ in range(10):
            records.change_run(address_of(media), run.run_id, one_more)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, runs))
    for run in runs:
        assert agreed(world, media, run)[1].successful_segments == 10


def test_older_run_does_not_replace_states_of_newer_run(world: RunWorld, picture: Path) -> None:
    media = world.add(picture)
    older, newer = world.execute([media]), world.execute([media])
    records, address = MediaRecords(world.documents), address_of(media)
    for run in (newer, older):
        states = SegmentStates(run_id=run.run_id, recipe="image", since=run.executed_at)
        records.change_run(address, run.run_id, lambda state: state, states=states)
    kept = world.documents.get(SegmentStates, address.states)
    assert kept is not None
    assert kept.run_id == newer.run_id


def test_removed_state_is_not_restored(world: RunWorld, picture: Path) -> None:
    media = world.add(picture)
    run = world.execute([media])
    address = address_of(media)
    remove_from_run(world.documents, "anna", run.run_id, media.media_id)
    states = SegmentStates(run_id=run.run_id, recipe="image", since=run.executed_at)
    changed = MediaRecords(world.documents).change_run(address, run.run_id, lambda s: s, states=states)
    assert changed is None
    assert world.documents.get(SegmentStates, address.states) is None


def test_medium_under_deletion_does_not_join_run(world: RunWorld, picture: Path) -> None:
    index_id = world.new_index()
    media = [world.add(picture, index_id=index_id) for _ in range(30)]
    target = IndexTarget.of(index_id)
    run = world.runs.execute(ANNA, world.new_prompt().prompt_id, target, FIXED_2, new_id("run"))
    assert not run.planned
    world.deletions.delete_media(ANNA, media[0].media_id)
    planned = plan(world.documents, run).states
    assert [state.media_id for state in planned] == [m.media_id for m in media[1:]]
    assert [state.ordinal for state in planned] == list(range(29))


def test_run_start_is_retried_after_concurrent_deletion(
    world: RunWorld, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = world.add(picture)
    prompt = world.new_prompt()
    write = world.records.write
    deleted: list[int] = []

    def delete_first(*writes: Write) -> None:
        if not deleted:
            deleted.append(1)
            world.deletions.delete_media(ANNA, media.media_id)
        write(*writes)

    monkeypatch.setattr(world.records, "write", delete_first)
    with pytest.raises(NotFound):
        world.execute([media], prompt)
    assert world.runs.latest(ANNA, 5) == []


def test_run_keeps_counters_of_deleted_media(world: RunWorld, picture: Path, tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), "red").save(tmp_path / "other.png")
    deleted, kept = world.add(picture), world.add(tmp_path / "other.png")
    run = world.run_now([deleted, kept])
    world.deletions.delete_media(ANNA, deleted.media_id)
    world.deletion_work.run(world.jobs.requests[-1], never)
    assert [state.media_id for state in media_of_run(world.documents, run).states] == [kept.media_id]
    [result] = world.results(run, kept)
    retry = world.retries.start(ANNA, run.run_id, kept.media_id, result.segment_id, retry_id=new_id("rty"))
    world.work(retry.retry_id)
    after = world.runs.get(ANNA, run.run_id)
    assert (after.media_counts, after.total_segments, after.completed_segments, after.billing_actual_mt) == (
        run.media_counts,
        run.total_segments,
        run.completed_segments,
        run.billing_actual_mt,
    )
    assert deleted.media_id not in str(media_of_run(world.documents, run).removed)


def test_index_is_listed_as_deleting_until_it_is_deleted(world: RunWorld, picture: Path) -> None:
    first, second = world.new_index(), world.new_index()
    media = [world.add(picture, index_id=index_id) for index_id in (first, second)]
    listed = keys.deleting_indexes("anna")
    for index_id in (first, second):
        world.deletions.delete_index(ANNA, index_id)
    deleting = world.documents.get(DeletingIndexes, listed)
    assert deleting is not None
    assert set(deleting.index_ids) == {first, second}
    for medium in media:
        with pytest.raises(NotFound):
            world.library.get(ANNA, medium.media_id)
    world.deletion_work.run(world.jobs.requests[0], never)
    assert world.documents.get(DeletingIndexes, listed) == DeletingIndexes(index_ids=[second])
    world.deletion_work.run(world.jobs.requests[1], never)
    assert world.records.get(listed) is None


def test_many_media_join_run_in_transactions_within_limit(
    world: RunWorld, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = [world.add(picture) for _ in range(45)]
    sizes: list[int] = []
    write = world.records.write

    def measured(*writes: Write) -> None:
        sizes.append(len(writes))
        write(*writes)

    monkeypatch.setattr(world.records, "write", measured)
    run = world.execute(media)
    states = plan(world.documents, run).states
    assert len(states) == 45
    assert 1 < max(sizes) <= MAX_WRITES


def test_second_plan_changes_nothing(world: RunWorld, picture: Path) -> None:
    media = [world.add(picture) for _ in range(30)]
    run = world.execute(media)
    first = plan(world.documents, run).states
    assert plan(world.documents, run).states == first
