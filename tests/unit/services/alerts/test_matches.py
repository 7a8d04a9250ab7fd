"""Matches over real records: stored once, listed by the age of their runs."""

from pathlib import Path

import pytest

from shared.domain.alerts.definition import SavedSearchChanges
from shared.domain.alerts.match import BestSegments, MatchedSegment
from shared.domain.alerts.saved_search import SavedSearchStatus
from shared.domain.errors import NotFound
from shared.domain.ids import new_id
from shared.services.alerts.matches import SearchMatches
from tests.unit.services.alerts.alert_world import AlertWorld
from tests.unit.services.storage import ANNA, BERT

pytestmark = pytest.mark.slow

SEGMENT = MatchedSegment(media_id="vid_1", index_id=None, segment_id="seg_1", start=0.0, end=1.0, score=0.9)
BEST = BestSegments(segments=(SEGMENT,))


@pytest.fixture
def world(tmp_path: Path) -> AlertWorld:
    return AlertWorld(tmp_path)


def test_second_match_of_a_run_returns_the_first(world: AlertWorld) -> None:
    search, matches = world.save(), SearchMatches(world.documents)
    first = matches.store(search, "run_1", BEST)
    again = matches.store(search, "run_1", BEST.model_copy(update={"has_more": True}))
    assert first is not None
    assert again == first == matches.get(search, "run_1")
    assert len(world.raised()) == 1


def test_search_paused_meanwhile_gets_no_match(world: AlertWorld) -> None:
    search = world.save()
    changes = SavedSearchChanges(status=SavedSearchStatus.PAUSED)
    world.saved.update(ANNA, search.saved_search_id, changes)
    assert world.matches.store(search, "run_1", BEST) is None
    assert world.raised() == []


def test_matches_are_listed_newest_run_first_in_pages(world: AlertWorld) -> None:
    search = world.save()
    runs = [new_id("run") for _ in range(3)]
    for run_id in runs:
        world.matches.store(search, run_id, BEST)
    page = world.matches.page(ANNA, search.saved_search_id, limit=2, after=None)
    rest = world.matches.page(ANNA, search.saved_search_id, limit=2, after=page.next_after)
    assert [match.run_id for match in (*page.items, *rest.items)] == sorted(runs, reverse=True)
    assert rest.next_after is None


@pytest.mark.parametrize("saved_search_id", ["", "sav_1"])
def test_matches_of_unknown_search_are_not_found(world: AlertWorld, saved_search_id: str) -> None:
    with pytest.raises(NotFound):
        world.matches.page(ANNA, saved_search_id, limit=1, after=None)
    with pytest.raises(NotFound):
        world.matches.page(BERT, world.save().saved_search_id, limit=1, after=None)
