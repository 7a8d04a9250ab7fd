"""Numbers in text, and the ones that answer a field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.builtin.extraction.numbers import candidates, is_count, numbers_in, row_candidates
from tests.unit.models.builtin.extraction.material import field, findings, row


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("84 mm and 52mm", [(84.0, "mm"), (52.0, "mm")]),
        ("$1,234.50 only", [(1234.5, "$")]),
        ("9,99 €", [(9.99, "€")]),
        ("1,234,567 views", [(1234567.0, "view")]),
        ("-12.5°C", [(-12.5, "°c")]),
        ("\u22127 °", [(-7.0, "°")]),
        ("75% off", [(75.0, "%")]),
        ("120 km/h", [(120.0, "km/h")]),
        ("three dollars, two", [(3.0, "dollar"), (2.0, "")]),
        ("5 boxes and Twenty cups", [(5.0, "box"), (20.0, "cup")]),
        ("TK417 v2.10 B12", []),
        ("no numbers", []),
    ],
)
def test_numbers_have_values_and_units(text: str, found: list[tuple[float, str]]) -> None:
    assert [(number.value, number.unit) for number in numbers_in(text)] == found


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_written_number_is_read_back(whole: int, cents: int) -> None:
    [number] = numbers_in(f"costs ${whole:,}.{cents:02d}.")
    assert number.value == pytest.approx(whole + cents / 100)
    assert number.unit == "$"


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("people_count", True),
        ("how_many_cups", True),
        ("number_of_people", True),
        ("num_people", True),
        ("flight_number", False),
        ("price", False),
    ],
)
def test_counts_are_recognised_by_name(name: str, count: bool) -> None:
    assert is_count(field(name)) is count


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("start_time", [10.0]),
        ("end", [15.5]),
        ("duration", [5.5]),
        ("confidence", [0.9]),
        ("people_count", [3.0]),
        ("cup_count", [2.0]),
        ("number_of_objects", [3.0]),
        ("line_count", [1.0]),
        ("word_count", [4.0]),
        ("segment_count", [2.0]),
        ("dog_count", []),
    ],
)
def test_measured_values_need_no_text(name: str, values: list[float]) -> None:
    seen = findings(
        {},
        {},
        lines=("MENU",),
        speech="one two and more",
        tags=(
            ("person", 0.9, "object"),
            ("woman", 0.8, "object"),
            ("woman", 0.7, "object"),
            ("cup", 0.5, "object"),
            ("cup", 0.4, "object"),
        ),
    )
    assert list(candidates(field(name), seen)) == values


@pytest.mark.parametrize(
    ("name", "lines", "values"),
    [
        ("price", ("9.50 €", "7 cups"), [9.5]),  # another unit does not answer
        ("ticket_price", ("$3 today", "ticket $5"), [5.0, 3.0]),  # a near word decides between units
        ("rating", ("rating 4", "5"), [4.0]),
        ("rating", ("rating" + " x" * 15 + " 4",), [4.0]),
        ("rating", ("rating" + " x" * 20 + " 4",), []),  # the word is over 40 characters away
        ("visitor_count", ("1,200 visitors", "3 dogs"), [1200.0]),
        ("temperature", ("12 km", "-3 °C"), [-3.0]),
    ],
)
def test_number_needs_matching_unit_or_near_word(
    name: str, lines: tuple[str, ...], values: list[float]
) -> None:
    assert list(candidates(field(name), findings(lines=lines))) == values


@pytest.mark.parametrize(
    ("name", "text", "kind", "values"),
    [
        ("rainfall_mm", "Lisbon 84 mm", "line", [84.0]),
        ("rainfall_mm", "2 days 84 mm", "line", [84.0]),
        ("score", "Lisbon 84", "line", [84.0]),  # the only number of a line
        ("score", "Lisbon 84", "speech", []),
        ("score", "84 to 85", "line", []),
        ("count", "cup", "object", [2.0]),
        ("count", "cup", "line", []),
    ],
)
def test_only_number_of_line_needs_no_unit(name: str, text: str, kind: str, values: list[float]) -> None:
    assert list(row_candidates(field(name), row(text, kind, count=2))) == values
