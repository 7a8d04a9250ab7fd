"""Deletion of media and indexes that matches of saved searches name."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.alerts.saved_search import PauseReason, SavedSearch, SavedSearchStatus
from shared.domain.clock import now
from shared.domain.ids import WEBHOOK, new_id
from shared.domain.media import Media
from shared.ports.jobs import Interrupted
from shared.ports.records import ABSENT, Put
from shared.services.notifications.delivery_queue import delivery_key, delivery_write, new_delivery
from tests.unit.services.alerts.alert_world import AlertWorld, Scene
from tests.unit.services.storage import ANNA, StopAfter, never

pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path) -> AlertWorld:
    return AlertWorld(tmp_path)


def matched_by_two(world: AlertWorld) -> tuple[Media, Media]:
    """Let a run over two media match both segments of the first and one of the second."""
    first, second = world.medium(world.index_id), world.medium(world.index_id)
    run_id = new_id("run")
    world.run(Scene(0.9), Scene(0.8), media=first, run_id=run_id)
    world.alerts.consume([world.run(Scene(0.7), media=second, run_id=run_id)])
    return first, second


def delete_medium(world: AlertWorld, media: Media) -> None:
    world.deletions.delete_media(ANNA, media.media_id)
    world.deletion_work.run(world.jobs.requests[-1], never)


def named(world: AlertWorld, identifier: str) -> set[str]:
    """Return the partitions of records that name an id, apart from those of its deletion."""
    kept = ("#deletions", "jobs")
    return {
        record.key.partition
        for record in world.every_record()
        if identifier in f"{record.key} {record.body}"
        and not record.key.partition.endswith(kept)
        and not str(record.body.get("event_type", "")).startswith("deletion.")
    }


def test_deleted_medium_leaves_no_trace_in_matches(world: AlertWorld) -> None:
    search = world.save()
    first, second = matched_by_two(world)
    assert named(world, first.media_id)
    delete_medium(world, first)
    assert named(world, first.media_id) == set()
    (match,) = world.found(search)
    assert [segment.media_id for segment in match.segments] == [second.media_id]
    assert world.raised() == []


def test_run_checked_again_after_deletion_raises_no_second_event(world: AlertWorld) -> None:
    search = world.save()
    media = world.medium(world.index_id)
    event = world.run(Scene(0.9), media=media)
    world.alerts.consume([event])
    delete_medium(world, media)
    world.alerts.consume([event])
    (match,) = world.found(search)
    assert (match.segments, world.raised()) == ([], [])


def test_interrupted_deletion_is_completed_by_repetition(world: AlertWorld) -> None:
    world.save()
    first, _ = matched_by_two(world)
    world.deletions.delete_media(ANNA, first.media_id)
    request = world.jobs.requests[-1]
    for checks in range(100):
        try:
            world.deletion_work.run(request, StopAfter(checks))
            break
        except Interrupted:
            continue
    assert named(world, first.media_id) == set()


def test_deletion_of_event_takes_its_deliveries(world: AlertWorld) -> None:
    world.save()
    first, _ = matched_by_two(world)
    (event,) = world.raised()
    webhook_id = new_id(WEBHOOK)
    delivery = new_delivery(event, webhook_id, now())
    world.documents.write(Put(keys.webhook(ANNA.tenant_id, webhook_id), {}))
    world.documents.write(delivery_write(delivery, expected_version=ABSENT))
    delete_medium(world, first)
    assert world.raised() == []
    assert world.documents.records.get(delivery_key(delivery)) is None


def test_medium_deleted_during_check_leaves_no_trace(
    world: AlertWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion ends between the search and the write of the match."""
    search = world.save()
    media = world.medium(world.index_id)
    event = world.run(Scene(0.9), media=media)
    best = world.matching.best

    def deletes(found: SavedSearch, run_id: str | None = None) -> object:
        segments = best(found, run_id)
        delete_medium(world, media)
        return segments

    monkeypatch.setattr(world.matching, "best", deletes)
    world.alerts.consume([event])
    assert named(world, media.media_id) == set()
    assert world.raised() == []
    assert world.found(search)[0].segments == []


def test_process_killed_after_write_is_made_good_by_next_call(
    world: AlertWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The match is written after the deletion has ended, and the process dies before it looks again."""
    world.save()
    media = world.medium(world.index_id)
    event = world.run(Scene(0.9), media=media)
    best = world.matching.best

    def deletes(found: SavedSearch, run_id: str | None = None) -> object:
        segments = best(found, run_id)
        delete_medium(world, media)
        return segments

    def dies(match: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(world.matching, "best", deletes)
        patched.setattr(world.alerts, "_remove_hidden", dies)
        with pytest.raises(KeyboardInterrupt):
            world.alerts.consume([event])
    assert named(world, media.media_id)
    world.alerts.consume([event])
    assert named(world, media.media_id) == set()


def test_medium_under_deletion_is_not_matched(world: AlertWorld) -> None:
    world.save()
    media = world.medium(world.index_id)
    event = world.run(Scene(0.9), media=media)
    world.deletions.delete_media(ANNA, media.media_id)
    world.alerts.consume([event])
    assert world.raised() == []


def test_deleted_index_leaves_scopes_and_matches(world: AlertWorld) -> None:
    other = world.new_index(name="other")
    search, wider = world.save(), world.save(index_ids=[world.index_id, other])
    world.alerts.consume([world.run(Scene(0.9))])
    world.deletions.delete_index(ANNA, world.index_id)
    world.deletion_work.run(world.jobs.requests[-1], never)
    assert named(world, world.index_id) == set()
    alone, both = (world.saved.get(ANNA, each.saved_search_id) for each in (search, wider))
    assert (alone.index_ids, alone.status) == ([], SavedSearchStatus.PAUSED)
    assert alone.pause_reason is PauseReason.INDEXES_DELETED
    assert (both.index_ids, both.is_enabled, both.pause_reason) == ([other], True, None)
    assert world.raised() == []
    assert [match.segments for match in world.found(wider)] == [[]]
