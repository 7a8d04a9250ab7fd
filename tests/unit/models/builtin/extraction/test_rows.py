"""Which findings the objects of an array represent."""

from typing import Any

import pytest

from shared.models.builtin.extraction.rows import rows_for
from tests.unit.models.builtin.extraction.material import field, findings
from tests.unit.models.evidence import NUMBER, STRING, schema_of

SEEN = findings(
    lines=("MONTHLY RAINFALL", "Lisbon 84 mm", "Oslo 52 mm", "gate 7"),
    tags=(("cat", 0.9, "object"), ("car", 0.8, "object"), ("sofa", 0.7, "scene")),
    speech="welcome to Blue Harbor",
)
LABELLED = schema_of(label=STRING)


def texts(name: str, element: dict[str, Any], **changes: Any) -> list[str]:
    return [row.text for row in rows_for(field(name), element, SEEN)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("quotes", ["welcome to Blue Harbor"]),
        ("speakers", ["welcome to Blue Harbor"]),
        ("text_lines", ["MONTHLY RAINFALL", "Lisbon 84 mm", "Oslo 52 mm", "gate 7"]),
        ("brands", ["Blue Harbor"]),
        ("objects", ["cat", "car", "sofa"]),
        ("animals", ["cat"]),
        ("vehicles", ["car"]),
        ("people", []),  # a category, none of which is seen
    ],
)
def test_name_of_array_decides_first(name: str, found: list[str]) -> None:
    assert texts(name, schema_of(quote=STRING)) == found


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"quote": STRING}, ["welcome to Blue Harbor"]),
        ({"line": STRING, "label": STRING}, ["MONTHLY RAINFALL", "Lisbon 84 mm", "Oslo 52 mm", "gate 7"]),
        ({"label": STRING}, ["cat", "car", "sofa"]),
        ({"other": STRING}, []),
    ],
)
def test_members_decide_if_name_is_silent(members: dict[str, Any], found: list[str]) -> None:
    assert texts("entries", schema_of(**members)) == found


@pytest.mark.parametrize(
    ("name", "members", "found"),
    [
        ("entries", {"city": STRING, "mm": NUMBER}, ["Lisbon 84 mm", "Oslo 52 mm"]),  # the unit
        (
            "rainfall",
            {"city": STRING, "value": NUMBER},
            ["Lisbon 84 mm", "Oslo 52 mm", "gate 7"],
        ),  # a heading
        ("entries", {"gate": STRING, "value": NUMBER}, ["Lisbon 84 mm", "Oslo 52 mm", "gate 7"]),
        ("entries", {"city": STRING, "mm": STRING}, []),  # no member is a number
        ("entries", {"city": STRING, "score": NUMBER}, []),
    ],
)
def test_lines_with_numbers_are_table(name: str, members: dict[str, Any], found: list[str]) -> None:
    assert texts(name, schema_of(**members)) == found


def test_name_has_place_of_its_first_appearance() -> None:
    [row] = rows_for(field("brands"), LABELLED, SEEN)
    [spoken] = SEEN.speech
    assert (row.kind, row.start, row.end, row.confidence) == (
        "speech",
        spoken.start,
        spoken.end,
        spoken.confidence,
    )
