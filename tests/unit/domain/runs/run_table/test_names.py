"""Names of tables and columns."""

import pytest

from shared.domain.runs.run_table.names import MAX_NAME_CHARACTERS, Names, quoted


def test_names_that_differ_in_case_only_get_numbers() -> None:
    names = Names(["Title"])
    assert [names.claim(each) for each in ("title", "TITLE", "title_2", "other")] == [
        "title_2",
        "TITLE_3",
        "title_2_2",
        "other",
    ]


def test_long_names_are_cut_and_stay_unique() -> None:
    names = Names()
    long = "n" * 500
    assert names.claim(long) == "n" * MAX_NAME_CHARACTERS
    assert names.claim(long + "x") == "n" * MAX_NAME_CHARACTERS + "_2"


@pytest.mark.parametrize("mark", ["\x00", "\n", "\x7f", "\ud800"])
def test_unprintable_characters_become_underscores(mark: str) -> None:
    assert Names().claim(f"a{mark}b") == "a_b"


def test_quotes_in_identifiers_are_doubled() -> None:
    assert quoted('say "hi"') == '"say ""hi"""'
