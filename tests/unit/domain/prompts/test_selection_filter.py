"""Rules of selection filters: their form, their fields, and the levels of results that they select."""

from typing import Any

import pytest

from shared.domain.errors import InvalidRequest
from shared.domain.prompts.prompt import ConditionSet, PromptDefinition, VideoLevel
from shared.domain.prompts.rules import check_definition
from shared.domain.prompts.selection_filter import SelectionFilter, parse_selection_filter
from shared.domain.query.conditions import Condition

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "place": {"type": "string"},
        "people": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "goods": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
}
OVERVIEW = VideoLevel(
    instructions_text="Sum up.",
    json_schema={
        "type": "object",
        "properties": {"mood": {"type": "string"}, "people": {"type": "string"}},
    },
)


def prompt(selection_filter: ConditionSet | None, **changes: Any) -> PromptDefinition:
    given = {"name": "People", "prompt_text": "List the people.", "json_schema": SCHEMA}
    return PromptDefinition.model_validate({**given, **changes, "selection_filter": selection_filter})


def parsed(*conditions: dict[str, Any], **changes: Any) -> SelectionFilter:
    found = parse_selection_filter(prompt({"conditions": list(conditions)}, **changes))
    assert found is not None
    return found


def test_prompt_without_filter_selects_nothing() -> None:
    assert parse_selection_filter(prompt(None)) is None


def test_operator_and_type_follow_from_schema_and_value() -> None:
    assert parsed({"field": "people", "value": "3"}).segment == [Condition("people", "equals", "integer", 3)]
    assert parsed({"field": "tags", "value": "red"}).segment == [
        Condition("tags", "item_equals", "array", "red")
    ]


def test_bare_list_of_conditions_is_filter() -> None:
    condition = {"field": "place", "value": "yard"}
    assert parse_selection_filter(prompt([condition])) == parsed(condition)


def test_all_conditions_must_hold_in_one_result() -> None:
    found = parsed({"field": "place", "value": "Yard"}, {"field": "goods[].name", "operator": "is_not_empty"})
    assert found.selects_segment({"place": "yard", "goods": [{"name": "cup"}]})
    assert not found.selects_segment({"place": "yard", "goods": []})
    assert not found.selects_video({"place": "yard", "goods": [{"name": "cup"}]})


def test_speech_of_segment_is_field() -> None:
    found = parsed({"field": "transcription", "operator": "contains", "value": "hello"})
    assert found.selects_segment({"transcription": "Hello there"})


@pytest.mark.parametrize(
    ("field", "levels"), [("place", (True, False)), ("mood", (False, True)), ("people", (True, True))]
)
def test_fields_decide_levels_that_are_selected(field: str, levels: tuple[bool, bool]) -> None:
    found = parsed({"field": field, "operator": "is_empty"}, video_level=OVERVIEW)
    assert (found.selects_segment({}), found.selects_video({})) == levels


def test_type_of_field_is_that_of_each_level() -> None:
    found = parsed({"field": "people", "value": 3}, video_level=OVERVIEW)
    assert found.selects_segment({"people": 3})
    assert found.selects_video({"people": "3"})


def _many(count: int) -> list[dict[str, Any]]:
    return [{"field": "place", "value": "yard"}] * count


@pytest.mark.parametrize(
    ("selection_filter", "field", "words"),
    [
        ({}, "selection_filter.conditions", "list of conditions"),
        ({"conditions": "place"}, "selection_filter.conditions", "list of conditions"),
        ({"conditions": []}, "selection_filter.conditions", "1 to 4"),
        ({"conditions": _many(5)}, "selection_filter.conditions", "1 to 4"),
        ([], "selection_filter", "1 to 4"),
        ({"conditions": _many(1), "match": "any"}, "selection_filter.match", "not known"),
        ({"conditions": [3]}, "selection_filter.conditions[0]", "object"),
        (
            {"conditions": [{"field": "plaice", "value": "x"}]},
            "selection_filter.conditions[0].field",
            "plaice",
        ),
        ([*_many(1), {"field": "goods", "value": None}], "selection_filter[1].value", "given"),
        ({"conditions": [{"field": "place", "operator": "like", "value": "x"}]}, None, "operator"),
        ([{"field": "place", "value": "x"}, {"field": "mood", "value": "x"}], "selection_filter", "all name"),
    ],
)
def test_broken_rule_is_named_with_its_field(
    selection_filter: ConditionSet, field: str | None, words: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_definition(prompt(selection_filter, video_level=OVERVIEW))
    assert field is None or refused.value.field == field
    assert words in f"{refused.value.field} {refused.value.message}"


def test_stored_filter_is_checked_once_what_it_depends_on_changes() -> None:
    broken = prompt({"conditions": [{"field": "plaice", "value": "x"}]})
    check_definition(broken.model_copy(update={"name": "Other"}), broken)
    with pytest.raises(InvalidRequest, match="plaice"):
        check_definition(broken.model_copy(update={"json_schema": {"type": "object"}}), broken)
