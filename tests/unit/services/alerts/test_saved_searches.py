"""Saved searches over real records: rules, quota, changes, deletion."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.alerts.definition import SavedSearchChanges, SavedSearchDefinition
from shared.domain.alerts.saved_search import Floor, SavedSearchStatus, ScoredSpace, ScoreScale
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.evidence import EmbeddingSpace
from shared.services.alerts.saved_searches import SavedSearches
from tests.unit.services.alerts.alert_world import SEED, AlertWorld, OneDirection, Scene
from tests.unit.services.storage import ANNA, BERT

FLOOR = Floor(space=ScoredSpace.TEXT, min_score=0.4)


pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path) -> AlertWorld:
    return AlertWorld(tmp_path, max_saved_searches=3)


def test_one_seed_creates_one_search(world: AlertWorld) -> None:
    first = world.save(seed=SEED)
    assert world.save(seed=SEED) == first
    assert world.saved.list(ANNA) == [first]
    assert world.saved.list(BERT) == []


@pytest.mark.parametrize(
    ("space", "scale", "model"),
    [
        (ScoredSpace.TEXT, ScoreScale.COSINE, "test@1/4"),
        (ScoredSpace.PICTURE, ScoreScale.COSINE, "test@1/4"),
        (ScoredSpace.WORDS, ScoreScale.BM25_SHARE, None),
    ],
)
def test_threshold_keeps_names_of_scale_and_model(
    world: AlertWorld, space: ScoredSpace, scale: ScoreScale, model: str | None
) -> None:
    threshold = world.save(threshold=Floor(space=space, min_score=0.4)).threshold
    assert threshold is not None
    assert (threshold.space, threshold.min_score) == (space, 0.4)
    assert (threshold.scale, threshold.model) == (scale, model)


def test_picture_floor_is_refused_if_pictures_have_no_words(world: AlertWorld) -> None:
    world.embedder.sees = False
    with pytest.raises(InvalidRequest) as refused:
        world.save(threshold=Floor(space=ScoredSpace.PICTURE, min_score=0.4))
    assert refused.value.details["errors"][0]["field"] == "threshold.space"


def test_broken_rule_is_refused_before_the_models_are_asked(world: AlertWorld) -> None:
    def embedder() -> OneDirection:
        raise AssertionError("the query was embedded")

    saved = SavedSearches(world.documents, embedder, max_saved_searches=1)
    definition = SavedSearchDefinition(name=" ", playground=True, query="a", threshold=FLOOR)
    with pytest.raises(InvalidRequest):
        saved.create(ANNA, definition, seed=SEED)


def test_index_must_be_the_tenants_own(world: AlertWorld) -> None:
    foreign = world.new_index(BERT)
    with pytest.raises(NotFound):
        world.save(index_ids=[world.index_id, foreign])
    mine = world.save()
    with pytest.raises(NotFound):
        world.saved.update(ANNA, mine.saved_search_id, SavedSearchChanges(index_ids=[foreign]))


def test_quota_is_kept(world: AlertWorld) -> None:
    searches = [world.save() for _ in range(3)]
    with pytest.raises(Conflict) as refused:
        world.save()
    assert refused.value.code == "resource_quota_exceeded"
    world.matches.delete_search(ANNA, searches[0].saved_search_id)
    world.save()


def test_change_leaves_other_fields(world: AlertWorld) -> None:
    search = world.save()
    changed = world.saved.update(ANNA, search.saved_search_id, SavedSearchChanges(name="Renamed"))
    untouched = search.model_dump(exclude={"name", "updated_at"})
    assert changed.model_dump(exclude={"name", "updated_at"}) == untouched
    assert changed.name == "Renamed"


def test_playground_and_indexes_replace_each_other(world: AlertWorld) -> None:
    search = world.save()
    moved = world.saved.update(ANNA, search.saved_search_id, SavedSearchChanges(playground=True))
    assert (moved.playground, moved.index_ids) == (True, [])
    back = world.saved.update(ANNA, search.saved_search_id, SavedSearchChanges(index_ids=[world.index_id]))
    assert (back.playground, back.index_ids) == (False, [world.index_id])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "body"),
        ({"name": None}, "name"),
        ({"status": None}, "status"),
        ({"threshold": None}, "threshold"),
        ({"query": None}, "query"),
        ({"playground": False, "index_ids": []}, "index_ids"),
    ],
)
def test_change_that_breaks_a_rule_is_refused(world: AlertWorld, changes: dict[str, Any], field: str) -> None:
    search = world.save()
    with pytest.raises(InvalidRequest) as refused:
        world.saved.update(ANNA, search.saved_search_id, SavedSearchChanges(**changes))
    assert refused.value.details["errors"][0]["field"] == field
    assert world.saved.get(ANNA, search.saved_search_id) == search


def test_search_of_another_model_is_enabled_with_a_new_threshold_only(world: AlertWorld) -> None:
    search = world.save(status=SavedSearchStatus.PAUSED)
    world.embedder.space = EmbeddingSpace(model="test", version="2", dimension=4)
    enabled = SavedSearchChanges(status=SavedSearchStatus.ENABLED)
    with pytest.raises(Conflict) as refused:
        world.saved.update(ANNA, search.saved_search_id, enabled)
    assert refused.value.code == "embedding_model_changed"
    with_floor = SavedSearchChanges(status=SavedSearchStatus.ENABLED, threshold=FLOOR)
    changed = world.saved.update(ANNA, search.saved_search_id, with_floor)
    assert changed.threshold is not None
    assert (changed.is_enabled, changed.threshold.model) == (True, "test@2/4")


def test_deletion_removes_matches_and_their_pointers(world: AlertWorld) -> None:
    search, other = world.save(), world.save(name="Other")
    runs = [world.run(Scene(0.9)) for _ in range(6)]
    world.alerts.consume(runs)
    world.matches.delete_search(ANNA, search.saved_search_id)
    with pytest.raises(NotFound):
        world.saved.get(ANNA, search.saved_search_id)
    with pytest.raises(NotFound):
        world.matches.delete_search(ANNA, search.saved_search_id)
    with pytest.raises(NotFound):
        world.matches.page(ANNA, search.saved_search_id, limit=10, after=None)
    pages = world.records.query(keys.search_match(ANNA.tenant_id, search.saved_search_id).partition)
    assert pages.records == []
    for match in world.found(other):
        pointers = keys.match_of_media(ANNA.tenant_id, match.segments[0].media_id)
        found = world.documents.sort_keys(pointers, limit=10).items
        assert found == [f"{other.saved_search_id}#{match.run_id}"]


def test_deletion_by_another_tenant_finds_nothing(world: AlertWorld) -> None:
    search = world.save()
    with pytest.raises(NotFound):
        world.matches.delete_search(BERT, search.saved_search_id)
    assert world.saved.get(ANNA, search.saved_search_id) == search
