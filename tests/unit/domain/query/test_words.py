"""Splitting of text into words, and the choice of query words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.query.words import query_terms, words

TEXTS = st.text(alphabet="aZé ÇñßŠ_-.7한국東京タ'", max_size=30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café CRÈME, s'il", ["cafe", "creme", "s", "il"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("take_2 of 4K-clip", ["take", "2", "of", "4k", "clip"]),
        ("ＡＢＣ ﬁlm", ["abc", "film"]),  # noqa: RUF001 (compatibility characters are the case)
        ("東京タワー", ["東京", "京タ", "タワ", "ワー"]),
        ("猫", ["猫"]),
        ("한국어", ["한국", "국어"]),
        ("iPhone東京pro", ["iphone", "東京", "pro"]),
        ("x" * 65, ["x" * 64]),
        (" _.- ", []),
    ],
)
def test_words_have_no_case_accents_or_punctuation(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(TEXTS)
def test_words_do_not_depend_on_normal_form(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(TEXTS)
def test_words_of_words_are_the_same(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.parametrize(
    ("query", "looked_up"),
    [
        ("the Cat and the cat with a hat", ["cat", "hat"]),
        ("Who is IT? Who?", ["who", "is", "it"]),
        (" ".join(f"word{number}" for number in range(40)), [f"word{number}" for number in range(32)]),
        ("", []),
    ],
)
def test_query_words_are_distinct_and_without_stop_words(query: str, looked_up: list[str]) -> None:
    assert query_terms(query) == looked_up
