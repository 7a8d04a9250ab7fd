"""Reel names of CMX 3600."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.editing.reel_names import reel_names
from shared.domain.errors import InvalidRequest


@given(st.dictionaries(st.uuids().map(str), st.text(max_size=30), max_size=40))
def test_each_title_gets_a_valid_name_of_its_own(titles: dict[str, str]) -> None:
    names = reel_names(titles, {})
    assert list(names) == list(titles)
    assert len(set(names.values())) == len(titles)
    assert all(re.fullmatch("[A-Z0-9_]{1,8}", name) for name in names.values())
    assert not {"AX", "BL"} & set(names.values())


def test_names_come_from_titles_and_differ() -> None:
    titles = {"a": "Interview 1.mp4", "b": "Interview 2.mp4", "c": "Café Zürich", "d": "日本", "e": "BL"}
    assert reel_names(titles, {}) == {
        "a": "INTERVIE",
        "b": "INTERVI2",
        "c": "CAFE_ZUR",
        "d": "REEL",
        "e": "BL2",
    }


def test_many_equal_titles_take_no_time_that_grows_with_their_square() -> None:
    """Trying all numbers again for each title takes some hundred times as long as different titles do."""
    seconds_of_different, _ = timed([f"{number:04}" for number in range(5000)])
    seconds, names = timed(["Interview"] * 5000)
    assert seconds < 20 * seconds_of_different
    assert len(set(names.values())) == 5000
    assert names["vid_4999"] == "INTE5000"


def timed(titles: list[str]) -> tuple[float, dict[str, str]]:
    """Return the processor time of naming media with these titles, and the names."""
    began = time.process_time()
    names = reel_names({f"vid_{number}": title for number, title in enumerate(titles)}, {})
    return time.process_time() - began, names


def test_given_names_are_kept_and_not_used_twice() -> None:
    assert reel_names({"a": "A001", "b": "other"}, {"b": "A001"}) == {"a": "A0012", "b": "A001"}


@pytest.mark.parametrize("name", ["", "lower", "NINECHARS", "A B", "AX", "BL", "A\n"])
def test_given_name_that_a_list_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        reel_names({"a": "title"}, {"a": name})


def test_given_name_for_two_media_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        reel_names({"a": "x", "b": "y"}, {"a": "SAME", "b": "SAME"})
