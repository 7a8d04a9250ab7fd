"""Media-wide values from the results of segments."""

from typing import Any

import pytest

from shared.models.builtin.extraction.aggregation import (
    MAX_SUMMARY,
    any_true,
    combined_number,
    joined_text,
    most_frequent,
    union,
    values_for,
)
from tests.unit.models.builtin.extraction.material import field


@pytest.mark.parametrize(
    ("wide", "segment", "matches"),
    [
        ("people_count", "people_count", True),
        ("total_people_count", "peopleCount", True),
        ("all_brands", "brand", True),
        ("overall_average_price", "price", True),
        ("people_count", "total_people_count", False),
        ("people_count", "count", False),
        ("people_count", "count_people", False),
    ],
)
def test_segment_field_matches_but_for_qualifiers(wide: str, segment: str, matches: bool) -> None:
    assert values_for(field(wide), [{segment: 1}, {segment: None}, {}, {segment: 0}]) == ([1, 0] * matches)


def test_summaries_are_joined_once_each() -> None:
    texts = [" A cup. ", "A hat.", "a CUP.", "", 5, None]
    assert joined_text(field("summary"), texts) == "a CUP. A hat."
    assert joined_text(field("visible_text"), ["MENU", "EXIT"]) == "MENU\nEXIT"
    assert joined_text(field("transcript"), ["hello", "world"]) == "hello world"
    assert joined_text(field("summary"), [None, " "]) == ""


def test_joined_summary_is_bounded_by_whole_texts() -> None:
    half = "a" * (MAX_SUMMARY // 2)
    other = "b" * (MAX_SUMMARY // 2)
    assert joined_text(field("summary"), [half, other, "c"]) == f"{half} {other}"
    long = "d" * (MAX_SUMMARY + 1)
    assert joined_text(field("summary"), [long, "c"]) == long, "the first text is never cut"


def test_other_text_is_the_most_frequent() -> None:
    assert joined_text(field("location"), ["Oslo", "Lisbon", "Lisbon"]) == "Lisbon"
    assert joined_text(field("location"), ["Oslo", "Lisbon"]) == "Oslo"


def test_union_starts_with_most_frequent_element() -> None:
    assert union([["hat", "Cup"], ["cup"], "CUP", [3]]) == ["Cup", "hat", 3]
    assert union([[{"a": 1}], [{"a": 1}, {"a": 2}]]) == [{"a": 1}, {"a": 2}]
    assert union([]) == []


@pytest.mark.parametrize(
    ("name", "combined"),
    [
        ("price", 6.0),
        ("max_price", 6.0),
        ("peak_price", 6.0),
        ("lowest_price", 1.0),
        ("min_total", 1.0),
        ("total_price", 9.0),
        ("average_price", 3.0),
        ("confidence", 3.0),
    ],
)
def test_numbers_are_combined_by_name(name: str, combined: float) -> None:
    assert combined_number(field(name), [1, 6.0, 2, True, "9", None]) == combined


def test_no_numbers_have_no_combination() -> None:
    assert combined_number(field("total_price"), [True, "9"]) is None


@pytest.mark.parametrize(
    ("values", "answer"),
    [([], None), (["yes", 1], None), ([False, "x"], False), ([False, True, False], True)],
)
def test_one_true_segment_is_enough(values: list[Any], answer: bool | None) -> None:
    assert any_true(values) is answer


@pytest.mark.parametrize(
    ("values", "answer"), [([], None), (["a", "b", "b"], "b"), (["a", "b"], "a"), ([1, True, True], True)]
)
def test_most_frequent_value(values: list[Any], answer: Any) -> None:
    assert most_frequent(values) is answer
