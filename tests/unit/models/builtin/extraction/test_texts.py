"""Texts for string fields: summaries, quotes, labelled values and names of things."""

from dataclasses import replace

import pytest

from shared.models.builtin.extraction.texts import (
    CLEAR_TAG_CONFIDENCE,
    list_candidates,
    name_of_row,
    string_candidates,
    summary,
    thing_names,
)
from tests.unit.models.builtin.extraction.material import field, findings, row
from tests.unit.models.evidence import TagSpec

CUP: TagSpec = ("cup", 0.9, "object")
DOG: TagSpec = ("dog", 0.8, "object")
PERSON: TagSpec = ("person", 0.7, "object")
SEEN = findings(lines=("MENU", "Coffee: 3 €"), tags=(CUP, DOG, PERSON), speech="hello there Anna Berg")


@pytest.mark.parametrize(
    ("lines", "tags", "speech", "text"),
    [
        ((), (), "", ""),
        ((), (CUP,), "", "Shows cup."),
        ((), (CUP, DOG, PERSON), "", "Shows cup, dog and person."),
        (("MENU",), (CUP,), "hi", "Shows cup; text on screen: “MENU”; somebody says: “hi”."),
        ((), (("a", CLEAR_TAG_CONFIDENCE, "scene"),), "", "Shows a."),
        ((), (("a", 0.34, "scene"), ("b", 0.3, "scene")), "", "Possibly shows a and b."),
        (("MENU",), (("a", 0.34, "scene"),), "", "Text on screen: “MENU”."),
    ],
)
def test_summary_states_what_is_clear(
    lines: tuple[str, ...], tags: tuple[TagSpec, ...], speech: str, text: str
) -> None:
    assert summary(findings(lines=lines, tags=tags, speech=speech)) == text


def test_summary_is_bounded() -> None:
    tags = tuple((f"t{number}", 0.9, "scene") for number in range(9))
    lines = tuple(f"l{number}" for number in range(9))
    speech = row("word " * 41, "speech")
    text = summary(replace(findings(lines=lines, tags=tags), speech=(speech,)))
    assert text.startswith("Shows t0, t1, t2, t3 and t4; text on screen: “l0”, “l1”, “l2”, “l3”, “l4”, “l5”;")
    assert text.count("word") == 40
    assert text.endswith("word …”")


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("title", ["Sample reel"]),
        ("language", ["en"]),
        ("transcript", ["hello there Anna Berg"]),
        ("visible_text", ["MENU\nCoffee: 3 €"]),
        ("person_name", ["Anna Berg"]),
        ("object", ["cup", "dog", "person"]),
        ("animal_type_category", ["dog"]),
        ("medium", ["video"]),
        ("coffee", ["3 €"]),
        ("weather", []),
    ],
)
def test_role_of_field_decides_on_text(name: str, texts: list[str]) -> None:
    assert list(string_candidates(field(name), SEEN)) == texts


@pytest.mark.parametrize(
    ("name", "line", "texts"),
    [
        ("gate", "Gate: B12 on the left", ["B12 on the left"]),
        ("gate", "Gate = B12", ["B12"]),
        ("gate", "boarding at gate B12.", ["B12"]),
        ("door", "open door B12", ["B12"]),
        ("door", "door B12 is open", ["door B12 is open"]),  # the value is not the end of the line
        ("gate_number", "gate B12 is open", ["B12"]),  # a code is wanted
        ("door", "the door is open", ["the door is open"]),
        ("gate_number", "the gate is open", []),
        ("flight_number", "Flight TK417", ["TK417"]),
        ("gate", "Exit: B12", []),
    ],
)
def test_labelled_value_precedes_whole_line(name: str, line: str, texts: list[str]) -> None:
    assert list(string_candidates(field(name), findings(lines=(line,)))) == texts


def test_values_precede_lines_of_all_rows() -> None:
    seen = findings(lines=("the door is open", "Door: B12"))
    assert list(string_candidates(field("door"), seen)) == ["B12", "the door is open"]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("quotes", ["hello there Anna Berg"]),
        ("text_lines", ["MENU", "Coffee: 3 €"]),
        ("people", ["Anna Berg"]),
        ("objects", ["cup", "dog", "person"]),
        ("products", ["cup"]),
        ("animals", ["dog"]),
        ("summary", [summary(SEEN)]),
        ("coffees", ["3 €"]),
        ("moods", []),
    ],
)
def test_role_of_field_decides_on_list(name: str, texts: list[str]) -> None:
    assert list_candidates(field(name), SEEN) == texts


def test_people_without_names_are_those_seen() -> None:
    seen = findings(tags=(CUP, PERSON))
    assert list_candidates(field("people"), seen) == ["person"]
    assert list_candidates(field("brands"), seen) == []


def test_list_has_each_text_once() -> None:
    seen = findings({"a": "menu", "b": "MENU of the day"}, lines=("Menu",))
    assert list_candidates(field("menu_notes"), seen) == ["Menu", "MENU of the day"]


@pytest.mark.parametrize(
    ("name", "things"),
    [("things", ["cup", "dog", "person"]), ("products", ["cup"]), ("pets_or_persons", ["dog", "person"])],
)
def test_category_in_name_restricts_things(name: str, things: list[str]) -> None:
    assert thing_names(field(name), SEEN) == things


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Lisbon 84 mm", "Lisbon"),
        ("Price: $5", "Price"),
        ("Total – 12", "Total"),
        ("84 mm", "84 mm"),
        ("no number", "no number"),
    ],
)
def test_number_is_removed_from_name_of_row(text: str, label: str) -> None:
    assert name_of_row(row(text), without_numbers=True) == label
    assert name_of_row(row(text), without_numbers=False) == text
