"""Names of brands and people in text and speech."""

import pytest

from shared.models.builtin.extraction.names import names_in
from tests.unit.models.builtin.extraction.material import findings


@pytest.mark.parametrize(
    ("speech", "names"),
    [
        ("We drink Blue Harbor Coffee today.", ["Blue Harbor Coffee"]),
        ("Blue is nice. Harbor too.", []),  # they start sentences
        ("So I went to Oslo, Bergen and Rome.", ["Oslo", "Bergen", "Rome"]),
        ("It opens on Monday in May with Nine of The cats.", []),
        ("made by AT&T and O'Neill", ["AT&T", "O'Neill"]),
        ("we like Acme, ACME and acme", ["Acme"]),
        ("my name is Anna Berg and I like Acme", ["Acme"]),
        ("Foo Bar® (baz™)", ["Foo Bar", "baz"]),
        ("", []),
    ],
)
def test_names_in_speech_are_capitalised_within_sentence(speech: str, names: list[str]) -> None:
    assert names_in(findings(speech=speech)) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Blue Harbor", ["Blue Harbor"]),
        ("The Blue Harbor Coffee", ["The Blue Harbor Coffee"]),
        ("One Two Three Four Five", []),  # more than four words
        ("FLIGHT TK417", []),
        ("welcome to Blue Harbor", ["Blue Harbor"]),
        ("Monday", []),
        ("A", []),
    ],
)
def test_names_on_screen_are_short_title_case_lines(line: str, names: list[str]) -> None:
    assert names_in(findings(lines=(line,))) == names


def test_trademarks_precede_other_names() -> None:
    assert names_in(findings(lines=("Acme",), speech="Zorb™ is sold here")) == ["Zorb", "Acme"]


@pytest.mark.parametrize(
    ("lines", "speech", "people"),
    [
        ((), "hello my name is Anna Berg", ["Anna Berg"]),
        ((), "ask Dr. Jane Smith or Mr Jones", ["Jane Smith", "Jones"]),
        (("Anna Berg", "Acme", "ANNA BERG"), "", ["Anna Berg"]),
        (("Blue Harbor Coffee House",), "", []),  # a person has two or three names
        (("Carl Olsen",), "my name is Anna", ["Anna", "Carl Olsen"]),  # who is introduced comes first
        ((), "we met in Oslo", []),
    ],
)
def test_people_are_introduced_or_have_two_names(
    lines: tuple[str, ...], speech: str, people: list[str]
) -> None:
    assert names_in(findings(lines=lines, speech=speech), of_people=True) == people
