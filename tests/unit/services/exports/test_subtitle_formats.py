"""Subtitle files of any text are read back by pysubs2."""

import re

import pysubs2
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.editing.cues import sentence_cues, word_cues
from shared.domain.evidence import Utterance, Word
from shared.services.exports.subtitles.formats import plain_text, subrip, webvtt

TEXTS = st.text(alphabet="ab<>&{}-", min_size=1, max_size=20)


@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_every_cue_is_read_back_with_its_times(texts: list[str]) -> None:
    words = tuple(Word(text=text, start=at, end=at + 0.9, confidence=1) for at, text in enumerate(texts))
    cues = sentence_cues([Utterance(text="", start=0, end=len(texts), words=words)])
    for form, content in (("srt", subrip(cues)), ("vtt", webvtt(cues, language="en", with_words=False))):
        read = pysubs2.SSAFile.from_string(content, format_=form)
        assert [line.start for line in read] == [round(cue.start * 1000) for cue in cues]
        assert [line.end for line in read] == [round(cue.end * 1000) for cue in cues]
    assert plain_text(cues).split() == texts


def test_hours_are_written_and_no_cues_are_a_valid_file() -> None:
    late = sentence_cues([Utterance(text="Late", start=36_000.5, end=36_001.25)])
    assert "10:00:00,500 --> 10:00:01,250" in subrip(late)
    assert (subrip([]), webvtt([], language=None, with_words=False), plain_text([])) == ("", "WEBVTT\n\n", "")


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2)), min_size=1, max_size=12))
def test_times_of_webvtt_grow_whatever_the_times_of_words(times: list[tuple[float, float]]) -> None:
    words = tuple(Word(text="so", start=start, end=end, confidence=1) for start, end in times)
    utterance = Utterance(text="", start=0, end=2, words=words)
    for cues in (sentence_cues([utterance]), word_cues([utterance])):
        content = webvtt(cues, language=None, with_words=True)
        for block, cue in zip(content.split("\n\n")[1:-1], cues, strict=True):
            start, end, *inside = [float(time) for time in re.findall(r"00:00:(\d\d\.\d{3})", block)]
            assert [start, *inside, end] == sorted({start, *inside, end}), block
            assert len(cue.words) == block.count("so")
