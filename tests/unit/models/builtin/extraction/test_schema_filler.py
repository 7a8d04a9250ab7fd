"""Filling of a schema: alternatives, members, rows, and the record of what is missing."""

from typing import Any

import pytest

from shared.models.builtin.extraction.empty_values import NO_VALUE
from shared.models.builtin.extraction.findings import Findings
from shared.models.builtin.extraction.schema_filler import MAX_STEPS, Filler, TooManyAlternatives
from tests.unit.models.builtin.extraction.material import findings
from tests.unit.models.evidence import BOOLEAN, INTEGER, NUMBER, STRING, STRINGS, schema_of

DATE = {"type": "string", "format": "date"}
MENU = findings(lines=("MENU",), tags=(("cup", 0.9, "object"),))


def fill(schema: dict[str, Any], seen: Findings = MENU) -> tuple[Any, list[str], list[str]]:
    """Return the value, the missing fields and the fields that cannot be filled."""
    filler = Filler("", None)
    return filler.fill(schema, seen), filler.missing, filler.unfillable


def array_of(**members: Any) -> dict[str, Any]:
    return {"type": "array", "items": schema_of(**members)}


def test_member_without_evidence_is_empty_and_named() -> None:
    schema = schema_of(visible_text=STRING, weather=STRING, place=schema_of(city=STRING))
    assert fill(schema) == (
        {"visible_text": "MENU", "weather": "", "place": {"city": ""}},
        ["weather", "place"],
        [],
    )


def test_optional_member_without_evidence_is_left_out() -> None:
    schema = schema_of(visible_text=STRING, weather=STRING, optional=("weather",))
    assert fill(schema) == ({"visible_text": "MENU"}, [], [])


def test_required_member_that_cannot_be_empty_is_unfillable() -> None:
    value, missing, unfillable = fill(schema_of(day=DATE, place=schema_of(day=DATE, optional=("day",))))
    assert value is NO_VALUE
    assert (missing, unfillable) == (["day", "place"], ["day"])


def test_optional_members_are_dropped_if_object_is_invalid_with_them() -> None:
    schema = schema_of(visible_text=STRING, has_text=BOOLEAN, optional=("has_text",)) | {"maxProperties": 1}
    assert fill(schema)[0] == {"visible_text": "MENU"}


def test_first_alternative_with_evidence_is_taken() -> None:
    weather, text = schema_of(weather=STRING), schema_of(visible_text=STRING)
    assert fill(schema_of(main={"anyOf": [weather, text]})) == ({"main": {"visible_text": "MENU"}}, [], [])
    assert fill(schema_of(main={"anyOf": [{"type": "null"}, weather]})) == ({"main": None}, ["main"], [])


def test_alternative_is_valid_for_whole_schema() -> None:
    text = {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "array", "items": STRING}]}
    assert fill(schema_of(visible_text=text))[0] == {"visible_text": "M…"}
    assert fill(schema_of(visible_text=text | {"minItems": 1, "not": {"type": "string"}}))[0] == {
        "visible_text": ["MENU"]
    }


def test_member_of_refused_alternative_is_not_missing() -> None:
    text = schema_of(visible_text=STRING)
    both = schema_of(visible_text=STRING, weather=STRING)
    main = {"anyOf": [both, text], "not": {"required": ["weather"]}}
    assert fill(schema_of(main=main)) == ({"main": {"visible_text": "MENU"}}, [], [])


def test_constant_is_no_evidence_for_its_object() -> None:
    part = schema_of(kind={"const": "part"}, weather=STRING)
    assert fill(schema_of(part={"anyOf": [part, {"type": "null"}]})) == ({"part": None}, ["part"], [])
    seen = schema_of(kind={"const": "part"}, visible_text=STRING)
    assert fill(schema_of(part=seen))[0] == {"part": {"kind": "part", "visible_text": "MENU"}}


@pytest.mark.parametrize(
    ("members", "rows"),
    [
        ({"label": STRING}, [{"label": "cup"}]),
        ({"thing": STRING, "note": STRING}, [{"thing": "cup", "note": ""}]),  # the first text names the row
        ({"kind": STRING, "label": STRING}, [{"kind": "object", "label": "cup"}]),
        ({"label": STRING, "count": INTEGER}, [{"label": "cup", "count": 1}]),
        ({"label": STRING, "start_time": NUMBER}, [{"label": "cup", "start_time": 11}]),
        ({"label": STRING, "confidence": NUMBER}, [{"label": "cup", "confidence": 0.9}]),
        ({"weather": {"enum": ["sun", "rain"]}}, []),
    ],
)
def test_row_names_its_object(members: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    assert fill(schema_of(objects=array_of(**members)))[0] == {"objects": rows}


def test_missing_member_of_rows_is_named_once() -> None:
    seen = findings(tags=(("cup", 0.9, "object"), ("hat", 0.8, "object")))
    value, missing, _ = fill(schema_of(objects=array_of(label=STRING, weather=STRING)), seen)
    assert value["objects"] == [{"label": "cup", "weather": ""}, {"label": "hat", "weather": ""}]
    assert missing == ["objects[].weather"]


def test_array_of_numbers_takes_all_candidates() -> None:
    schema = schema_of(prices={"type": "array", "items": {"type": "number"}})
    assert fill(schema, findings(lines=("$3", "4 cups", "$5")))[0] == {"prices": [3, 5]}


@pytest.mark.parametrize(
    ("members", "value"),
    [([1, 2, 3], 2), ([5, 7], None), (["MENU", 5], None), (["menu", "list"], "menu")],
)
def test_enum_of_numbers_needs_measured_value(members: list[Any], value: Any) -> None:
    seen = findings(lines=("menu",), tags=(("cup", 0.9, "object"), ("cup", 0.8, "object")))
    field = {"anyOf": [{"enum": members}, {"type": "null"}]}
    assert fill(schema_of(cup_count=field), seen)[0] == {"cup_count": value}


def test_segment_results_precede_evidence() -> None:
    schema = schema_of(
        summary=STRING,
        objects=STRINGS,
        has_text=BOOLEAN,
        cup_count=INTEGER,
        mood={"enum": ["calm", "tense"]},
    )
    result = {"summary": "S.", "objects": ["hat"], "has_text": False, "cup_count": 7, "mood": "tense"}
    seen = findings(result, {"mood": "wild"}, lines=("MENU calm",), tags=(("cup", 0.9, "object"),))
    assert fill(schema, seen)[0] == result
    assert fill(schema, findings(lines=("MENU calm",), tags=(("cup", 0.9, "object"),)))[0] == {
        "summary": "Shows cup; text on screen: “MENU calm”.",
        "objects": ["cup"],
        "has_text": True,
        "cup_count": 1,
        "mood": "calm",
    }


def test_text_of_pattern_is_searched_last() -> None:
    schema = schema_of(code={"type": "string", "pattern": "^[A-Z]{2}\\d$"})
    assert fill(schema, findings(lines=("AB1", "code CD2")))[0] == {"code": "CD2"}
    assert fill(schema, findings(lines=("AB1", "code")))[0] == {"code": "AB1"}


def test_schema_without_valid_object_is_empty_or_has_no_value() -> None:
    schema = schema_of(visible_text=STRING) | {"minProperties": 2, "additionalProperties": False}
    assert fill(schema)[0] is NO_VALUE
    fallback = {
        "type": "object",
        "properties": {},
        "required": ["a"],
        "default": {"a": 1},
        "not": {"properties": {"a": {"type": "null"}}},
    }
    assert fill(fallback) == ({"a": 1}, ["a"], [])


def test_number_of_steps_is_limited() -> None:
    nothing: list[Any] = [{"type": "null"}] * 99
    multiplied = {"anyOf": nothing[:50], "oneOf": nothing}
    left = MAX_STEPS - 50 * 99 - 1  # the root is a step too
    schema = schema_of(weather=multiplied, sky={"anyOf": nothing[:left]})
    assert fill(schema)[1] == ["weather", "sky"]
    with pytest.raises(TooManyAlternatives):
        fill(schema_of(weather=multiplied, sky={"anyOf": nothing[: left + 1]}))
