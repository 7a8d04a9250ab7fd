"""Rules of saved searches."""

from typing import Any

import pytest

from shared.domain.alerts.definition import SavedSearchChanges, SavedSearchDefinition
from shared.domain.alerts.saved_search import Floor, ScoredSpace
from shared.domain.errors import InvalidRequest

FLOOR = Floor(space=ScoredSpace.TEXT, min_score=0.4)
SOUND: dict[str, Any] = {
    "name": "Bicycles",
    "index_ids": ["idx_1"],
    "query": "a bicycle",
    "threshold": FLOOR,
}


def test_sound_definitions_are_accepted() -> None:
    SavedSearchDefinition(**SOUND).check()
    conditions = [{"field": "place", "operator": "is_empty", "type": "string"}]
    SavedSearchDefinition(name="n" * 100, playground=True, conditions=conditions).check()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"query": "q" * 1001}, "query"),
        ({"query": None, "threshold": None}, "query"),
        ({"query": "a bicycle", "threshold": None}, "threshold"),
        ({"query": None, "conditions": [], "threshold": FLOOR}, "threshold"),
        ({"conditions": []}, "conditions"),
        ({"conditions": [{"field": "a", "operator": "near", "type": "string"}]}, "conditions[0].operator"),
        ({"index_ids": []}, "index_ids"),
        ({"index_ids": ["idx_1"], "playground": True}, "index_ids"),
        ({"index_ids": ["idx_1", "idx_1"]}, "index_ids"),
        ({"index_ids": [f"idx_{number}" for number in range(21)]}, "index_ids"),
        ({"threshold": Floor(space=ScoredSpace.TEXT, min_score=1.5)}, "threshold.min_score"),
    ],
)
def test_broken_rule_names_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        SavedSearchDefinition(**SOUND | given).check()
    assert refused.value.details["errors"][0]["field"] == field


def test_indexes_and_playground_replace_each_other() -> None:
    definition = SavedSearchDefinition(**SOUND)
    moved = SavedSearchChanges(playground=True).applied(definition)
    assert (moved.playground, moved.index_ids) == (True, [])
    back = SavedSearchChanges(index_ids=["idx_2"]).applied(moved)
    assert (back.playground, back.index_ids) == (False, ["idx_2"])
    with pytest.raises(InvalidRequest):
        SavedSearchChanges(index_ids=["idx_2"], playground=True).applied(definition).check()


@pytest.mark.parametrize(("changes", "field"), [({}, "body"), ({"name": None}, "name")])
def test_change_of_nothing_and_null_name_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        SavedSearchChanges(**changes).check()
    assert refused.value.details["errors"][0]["field"] == field
