"""Alerts: the segments of a finished run against the saved searches of its tenant."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.alerts.definition import SavedSearchChanges
from shared.domain.alerts.saved_search import Floor, PauseReason, SavedSearchStatus, ScoredSpace
from shared.domain.errors import Unavailable
from shared.domain.events.types import EventType
from shared.domain.evidence import EmbeddingSpace
from shared.domain.ids import new_id
from shared.services.alerts.run_alerts import FINISHED
from tests.unit.services.alerts.alert_world import AlertWorld, Scene, starts
from tests.unit.services.storage import ANNA, BERT

PAUSED = SavedSearchStatus.PAUSED
IN_TOWN = [{"field": "place", "operator": "equals", "value": "town", "type": "string"}]


pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path) -> AlertWorld:
    return AlertWorld(tmp_path)


def test_run_raises_one_event_with_its_best_segments(world: AlertWorld) -> None:
    search = world.save()
    event = world.run(Scene(0.6), Scene(0.2), Scene(0.9))
    world.alerts.consume([event])
    (match,) = world.found(search)
    assert starts(match) == [2.0, 0.0]
    assert [segment.score for segment in match.segments] == pytest.approx([0.9, 0.6], abs=0.01)
    assert not match.has_more
    (raised,) = world.raised()
    assert raised.event_id == match.event_id
    assert (raised.index_id, raised.run_id, raised.video_id) == (world.index_id, event.run_id, None)
    payload = raised.payload
    assert (payload["saved_search_id"], payload["name"]) == (search.saved_search_id, "Bicycles")
    assert (payload["score_space"], payload["score_scale"]) == ("text", "cosine")
    assert (payload["score_model"], payload["min_score"]) == ("test@1/4", 0.5)
    first = payload["segments"][0]
    assert (first["video_id"], first["start_seconds"]) == (match.segments[0].media_id, 2.0)
    assert world.saved.get(ANNA, search.saved_search_id).last_matched_at == match.matched_at


def test_event_that_comes_again_raises_nothing(world: AlertWorld) -> None:
    search = world.save()
    event = world.run(Scene(0.9))
    for _ in range(3):
        world.alerts.consume([event, event])
    assert len(world.raised()) == 1
    assert len(world.found(search)) == 1


def test_run_without_matching_segment_raises_nothing(world: AlertWorld) -> None:
    search = world.save()
    world.alerts.consume([world.run(Scene(0.2))])
    assert (world.raised(), world.found(search)) == ([], [])


def test_match_has_twenty_segments_and_tells_of_more(world: AlertWorld) -> None:
    search = world.save()
    world.alerts.consume([world.run(*(Scene(0.6 + number / 100) for number in range(22)))])
    (match,) = world.found(search)
    assert starts(match) == [float(number) for number in range(21, 1, -1)]
    assert match.has_more


def test_segments_of_earlier_runs_are_not_matched_again(world: AlertWorld) -> None:
    search = world.save()
    world.alerts.consume([world.run(Scene(0.9))])
    event = world.run(Scene(0.2), Scene(0.7))
    world.alerts.consume([event])
    newest, _ = world.found(search)
    assert (newest.run_id, starts(newest)) == (event.run_id, [1.0])


@pytest.mark.parametrize(
    ("space", "scenes"),
    [
        (ScoredSpace.PICTURE, [Scene(0.9), Scene(seen=0.8)]),
        (ScoredSpace.WORDS, [Scene(0.9), Scene(text="a red bicycle")]),
    ],
)
def test_floor_limits_scores_of_its_space_only(
    world: AlertWorld, space: ScoredSpace, scenes: list[Scene]
) -> None:
    search = world.save(query="bicycle", threshold=Floor(space=space, min_score=0.4))
    world.alerts.consume([world.run(*scenes)])
    (match,) = world.found(search)
    assert starts(match) == [1.0]


def test_conditions_alone_match_without_scores(world: AlertWorld) -> None:
    search = world.save(conditions=IN_TOWN)
    world.alerts.consume([world.run(Scene(fields={"place": "Town"}), Scene(fields={"place": "wood"}))])
    (match,) = world.found(search)
    assert [(segment.start, segment.score) for segment in match.segments] == [(0.0, None)]
    assert world.raised()[0].payload["score_scale"] is None


def test_query_and_conditions_must_both_hold(world: AlertWorld) -> None:
    search = world.save(query="a bicycle", conditions=IN_TOWN)
    scenes = [Scene(0.9), Scene(0.2, fields={"place": "town"}), Scene(0.7, fields={"place": "town"})]
    world.alerts.consume([world.run(*scenes)])
    assert starts(world.found(search)[0]) == [2.0]


def test_condition_is_looked_for_beyond_the_best_hundred(world: AlertWorld) -> None:
    search = world.save(query="a bicycle", conditions=IN_TOWN)
    scenes = [Scene(0.9)] * 120 + [Scene(0.6, fields={"place": "town"})]
    world.alerts.consume([world.run(*scenes)])
    assert starts(world.found(search)[0]) == [120.0]


@pytest.mark.parametrize(
    "event_type",
    [
        EventType.PROMPT_RUN_COMPLETED,
        EventType.PROMPT_RUN_PARTIAL_COMPLETED,
        EventType.PROMPT_RUN_CANCELLED,
        EventType.PROMPT_RUN_FAILED,
        EventType.PROMPT_RUN_PROGRESS,
        EventType.SEARCH_MATCHED,
    ],
)
def test_only_ends_that_leave_results_are_checked(world: AlertWorld, event_type: EventType) -> None:
    world.save()
    run = world.run(Scene(0.9))
    world.alerts.consume([run.model_copy(update={"event_type": event_type})])
    assert len(FINISHED) == 3
    assert len(world.raised()) == (1 if event_type in FINISHED else 0)


@pytest.mark.parametrize("scope", [{"playground": True}, {"index_ids": ["other"]}, {"status": PAUSED}])
def test_search_of_other_scope_or_paused_is_not_checked(world: AlertWorld, scope: dict[str, Any]) -> None:
    if "index_ids" in scope:
        scope = {"index_ids": [world.new_index(name="other")]}
    world.save(**scope)
    world.alerts.consume([world.run(Scene(0.9))])
    assert world.raised() == []


def test_playground_search_finds_media_without_index(world: AlertWorld) -> None:
    search = world.save(playground=True)
    world.alerts.consume([world.run(Scene(0.9), media=world.medium(None))])
    assert world.found(search)[0].segments[0].index_id is None


def test_run_over_several_indexes_is_checked_in_scope_only(world: AlertWorld) -> None:
    search = world.save()
    run_id = new_id("run")
    world.run(Scene(0.9), media=world.medium(world.new_index(name="other")), run_id=run_id)
    world.run(Scene(0.9), run_id=run_id)
    world.alerts.consume([world.end_of(run_id, None)])
    (match,) = world.found(search)
    assert [segment.index_id for segment in match.segments] == [world.index_id]


def test_run_of_another_tenant_is_not_seen(world: AlertWorld) -> None:
    world.save(BERT, playground=True, index_ids=[])
    world.alerts.consume([world.run(Scene(0.9), media=world.medium(None))])
    assert world.raised() == []


def test_run_that_finished_before_the_search_is_left_out(world: AlertWorld) -> None:
    world.save()
    event = world.run(Scene(0.9))
    world.alerts.consume([event.model_copy(update={"created_at": "2020-01-01T00:00:00.000Z"})])
    assert world.raised() == []


def test_search_with_scores_of_another_model_is_paused(world: AlertWorld) -> None:
    search = world.save()
    world.embedder.space = EmbeddingSpace(model="test", version="2", dimension=4)
    world.alerts.consume([world.run(Scene(0.9))])
    paused = world.saved.get(ANNA, search.saved_search_id)
    assert (paused.status, paused.pause_reason) == (PAUSED, PauseReason.EMBEDDING_MODEL_CHANGED)
    assert world.raised() == []
    floor = Floor(space=ScoredSpace.TEXT, min_score=0.5)
    changes = SavedSearchChanges(threshold=floor, status=SavedSearchStatus.ENABLED)
    enabled = world.saved.update(ANNA, search.saved_search_id, changes)
    assert enabled.pause_reason is None
    assert enabled.threshold is not None
    assert enabled.threshold.model == "test@2/4"


def test_search_that_fails_does_not_hold_up_the_others(
    world: AlertWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = world.save(), world.save(name="Sound")
    best = world.matching.best

    def fails_for_first(search: Any, run_id: str | None = None) -> Any:
        if search.saved_search_id == broken.saved_search_id:
            raise Unavailable("the index does not answer")
        return best(search, run_id)

    event = world.run(Scene(0.9))
    monkeypatch.setattr(world.matching, "best", fails_for_first)
    with pytest.raises(Unavailable):
        world.alerts.consume([event])
    assert len(world.found(sound)) == 1
    monkeypatch.undo()
    world.alerts.consume([event])
    assert (len(world.found(broken)), len(world.found(sound)), len(world.raised())) == (1, 1, 2)


@pytest.mark.parametrize("is_written", [False, True])
def test_process_killed_at_any_write_raises_one_event(
    world: AlertWorld, monkeypatch: pytest.MonkeyPatch, is_written: bool
) -> None:
    """The process dies at each write in turn, before it or after it. The feed then gives the event again."""
    searches = [world.save(name=f"Search {number}") for number in range(3)]
    event = world.run(Scene(0.9))
    write = world.records.write

    def dies(*writes: Any) -> None:
        if is_written:
            write(*writes)
        raise KeyboardInterrupt

    for _ in searches:
        with monkeypatch.context() as killed:
            killed.setattr(world.records, "write", dies)
            with pytest.raises(KeyboardInterrupt):
                world.alerts.consume([event])
        if not is_written:
            break
    for _ in range(2):
        world.alerts.consume([event])
    raised = [event.payload["saved_search_id"] for event in world.raised()]
    assert sorted(raised) == sorted(search.saved_search_id for search in searches)
    assert [len(world.found(search)) for search in searches] == [1, 1, 1]


def test_search_deleted_during_its_check_gets_no_match(
    world: AlertWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = world.save()
    best = world.matching.best

    def deletes(found: Any, run_id: str | None = None) -> Any:
        segments = best(found, run_id)
        world.matches.delete_search(ANNA, search.saved_search_id)
        return segments

    monkeypatch.setattr(world.matching, "best", deletes)
    world.alerts.consume([world.run(Scene(0.9))])
    assert world.raised() == []
    partition = keys.search_match(ANNA.tenant_id, search.saved_search_id)
    assert world.documents.sort_keys(partition, limit=1).items == []
