"""The segments that a saved search matches, in its whole scope and in one run."""

from pathlib import Path

import pytest

from shared.domain.alerts.saved_search import Floor, ScoredSpace
from shared.domain.ids import new_id
from shared.domain.query.hits import video_result_id
from shared.ports.search_index import Level, SearchDocument, TextPassage
from shared.services.alerts.matching import CANDIDATES_FOR_CONDITIONS, SegmentMatching
from tests.unit.services.alerts.alert_world import AlertWorld, Scene, direction
from tests.unit.services.storage import ANNA

pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path) -> AlertWorld:
    return AlertWorld(tmp_path)


@pytest.fixture
def matching(world: AlertWorld) -> SegmentMatching:
    return world.matching


def test_segment_with_results_of_two_runs_appears_once(world: AlertWorld, matching: SegmentMatching) -> None:
    search = world.save()
    media = world.medium(world.index_id)
    world.run(Scene(0.6), media=media)
    later = world.run(Scene(0.8), media=media)
    (segment,) = matching.best(search).segments
    assert segment.score == pytest.approx(0.8, abs=0.01)
    assert len(matching.best(search, later.run_id).segments) == 1


def test_search_without_indexes_does_not_cover_the_playground(
    world: AlertWorld, matching: SegmentMatching
) -> None:
    world.run(Scene(0.9), media=world.medium(None))
    over_playground = world.save(index_ids=[], playground=True)
    assert len(matching.best(over_playground).segments) == 1
    without = over_playground.model_copy(update={"playground": False})
    assert matching.best(without).segments == ()


def test_media_wide_results_are_left_out(world: AlertWorld, matching: SegmentMatching) -> None:
    search = world.save()
    media, run_id = world.medium(world.index_id), new_id("run")
    whole = SearchDocument(
        result_id=video_result_id(media.media_id, run_id),
        tenant_id=ANNA.tenant_id,
        index_id=world.index_id,
        run_id=run_id,
        media_id=media.media_id,
        segment_id="",
        level=Level.VIDEO,
        start=0.0,
        executed_at="2026-01-01T00:00:00.000Z",
        passages=[TextPassage("text", "text", "a bicycle", direction(0.9))],
    )
    world.search_index.put([whole])
    assert matching.best(search).segments == ()


def test_floor_is_part_of_the_range(world: AlertWorld, matching: SegmentMatching) -> None:
    run = world.run(Scene(0.9))
    (found,) = matching.best(world.save(), run.run_id).segments
    assert found.score is not None
    for floor, count in ((found.score - 0.001, 1), (found.score + 0.001, 0)):
        search = world.save(threshold=Floor(space=ScoredSpace.TEXT, min_score=floor))
        assert len(matching.best(search, run.run_id).segments) == count


def test_segment_without_a_picture_has_no_score_in_pictures(
    world: AlertWorld, matching: SegmentMatching
) -> None:
    search = world.save(threshold=Floor(space=ScoredSpace.PICTURE, min_score=0.0))
    world.run(Scene(0.9), Scene(0.1, seen=0.8))
    assert [segment.start for segment in matching.best(search).segments] == [1.0]


def test_conditions_are_checked_for_the_best_candidates_only(
    world: AlertWorld, matching: SegmentMatching, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CANDIDATES_FOR_CONDITIONS == 1000
    monkeypatch.setattr("shared.services.alerts.matching.CANDIDATES_FOR_CONDITIONS", 3)
    town = [{"field": "place", "operator": "equals", "value": "town", "type": "string"}]
    search = world.save(query="a bicycle", conditions=town)
    run = world.run(*[Scene(0.9)] * 5, Scene(0.6, fields={"place": "town"}))
    assert matching.best(search, run.run_id).segments == ()
