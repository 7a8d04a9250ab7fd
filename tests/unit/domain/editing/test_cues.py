"""Cues: their limits, their times, and that no word is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.editing.cues import (
    LINE_CHARACTERS,
    MAX_LINES,
    MAX_SECONDS,
    Cue,
    Span,
    sentence_cues,
    span_cues,
    word_cues,
)
from shared.domain.evidence import Utterance, Word


def said(*words: tuple[str, float, float]) -> Utterance:
    made = tuple(Word(text=text, start=start, end=end, confidence=0.9) for text, start, end in words)
    text = " ".join(word.text for word in made)
    return Utterance(text=text, start=made[0].start, end=made[-1].end, words=made)


def spoken(text: str, seconds_a_word: float = 0.4, start: float = 0.0) -> Utterance:
    words = text.split()
    return said(
        *(
            (word, start + at * seconds_a_word, start + (at + 1) * seconds_a_word)
            for at, word in enumerate(words)
        )
    )


WORDS = st.lists(
    st.tuples(st.text(alphabet="abcdef.,! ", max_size=100), st.floats(0, 12), st.floats(0, 9)),
    min_size=1,
    max_size=60,
)


@given(WORDS)
def test_cues_keep_the_limits_and_every_character(words: list[tuple[str, float, float]]) -> None:
    moment, made = 0.0, []
    for text, pause, length in words:
        made.append((text, moment + pause / 4, moment + pause / 4 + length))
        moment = made[-1][2]
    utterance = said(*made)
    for cues in (sentence_cues([utterance]), word_cues([utterance])):
        assert "".join("".join(cue.lines) for cue in cues).replace(" ", "") == "".join(utterance.text.split())
        _check_times(cues)
        for cue in cues:
            assert 1 <= len(cue.lines) <= MAX_LINES
            assert all(0 < len(line) <= LINE_CHARACTERS for line in cue.lines)
            assert cue.end - cue.start <= MAX_SECONDS + 0.0011


def _check_times(cues: list[Cue]) -> None:
    end = 0.0
    for cue in cues:
        assert cue.start >= end - 1e-9
        assert cue.end > cue.start
        end = cue.end


def test_cue_ends_with_its_sentence() -> None:
    cues = sentence_cues([spoken("We met in May. It was cold.")])
    assert [cue.text for cue in cues] == ["We met in May.", "It was cold."]
    assert (cues[0].start, cues[0].end) == (0.0, 1.6)


def test_cue_goes_on_after_a_title() -> None:
    cues = sentence_cues([spoken("And Mr. Dashwood saw Dr. Grant. He left.", 0.2)])
    assert [cue.text for cue in cues] == ["And Mr. Dashwood saw Dr. Grant.", "He left."]


def test_cue_ends_at_a_pause() -> None:
    cues = sentence_cues([said(("one", 0, 0.5), ("two", 0.6, 1), ("three", 2.5, 3))])
    assert [(cue.text, cue.start, cue.end) for cue in cues] == [("one two", 0, 1), ("three", 2.5, 3)]


def test_long_sentence_is_split_into_cues_of_two_lines() -> None:
    spoken_words = "a quick brown fox jumps over the lazy dog " * 6
    cues = sentence_cues([spoken(spoken_words, 0.1)])
    assert [cue.lines for cue in cues] == [("a quick brown fox jumps over the lazy dog",) * 2] * 3
    assert [cue.end for cue in cues] == pytest.approx([1.8, 3.6, 5.4])


def test_utterance_without_words_is_spread_over_its_time() -> None:
    cues = word_cues([Utterance(text="aa bb cccc", start=10, end=18)])
    assert [(cue.text, cue.start, cue.end) for cue in cues] == [
        ("aa", 10, 12),
        ("bb", 12, 14),
        ("cccc", 14, 18),
    ]


def test_word_longer_than_a_line_is_split() -> None:
    (cue,) = sentence_cues([said(("x" * 50, 0, 5))])
    assert cue.lines == ("x" * 42, "x" * 8)


def test_segment_has_the_words_whose_midpoint_lies_in_it() -> None:
    cues = span_cues([spoken("one two three four", 1.0)], [Span(0, 2.4), Span(2.4, 2.6), Span(10, 20)])
    assert [(cue.text, cue.start, cue.end) for cue in cues] == [("one two", 0, 2.4), ("three", 2.4, 2.6)]


def test_nothing_said_has_no_cues() -> None:
    assert sentence_cues([]) == word_cues([]) == span_cues([], [Span(0, 5)]) == []
