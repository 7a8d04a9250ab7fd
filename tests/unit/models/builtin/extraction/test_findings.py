"""Evidence as rows: what counts, what is joined, and in which order."""

from typing import Any

import pytest

from shared.domain.evidence import FrameEvidence, SegmentEvidence, Tag, TextLine, Utterance, Word
from shared.models.builtin.extraction.findings import (
    MAX_ROWS,
    MIN_LINE_CONFIDENCE,
    MIN_TAG_CONFIDENCE,
    Findings,
    Row,
    findings_of,
    findings_of_row,
)
from shared.ports.models import ExtractionRequest

BOX = (0.0, 0.0, 1.0, 0.1)


def line(text: str, confidence: float = 0.9) -> TextLine:
    return TextLine(text=text, confidence=confidence, box=BOX)


def frame(at: float, *, lines: tuple[TextLine, ...] = (), tags: tuple[Tag, ...] = ()) -> FrameEvidence:
    return FrameEvidence(timestamp=at, shot=0, picture="p.jpg", text_lines=lines, tags=tags)


def word(text: str, start: float, end: float, confidence: float = 1.0) -> Word:
    return Word(text=text, start=start, end=end, confidence=confidence)


def utterance(*words: Word) -> Utterance:
    text = " ".join(each.text for each in words)
    return Utterance(text=text, start=words[0].start, end=words[-1].end, words=words)


def segment(results: tuple[dict[str, Any], ...] = (), **seen: Any) -> Findings:
    """Return the findings of the segment from 10 s to 20 s."""
    evidence = SegmentEvidence(**{"start": 10.0, "end": 20.0, "media_type": "video", "title": "Reel", **seen})
    return findings_of(ExtractionRequest("", {}, evidence, segment_results=results))


def test_line_on_several_frames_is_one_row() -> None:
    seen = segment(
        frames=(
            frame(11.0, lines=(line("Menü", 0.6), line("Exit", 0.8))),
            frame(12.0, lines=(line(" MENU ", 0.9),)),
            frame(13.0, lines=(line("menu", 0.7),)),
        )
    )
    assert seen.lines == (
        Row("MENU", "line", 11.0, 13.0, 0.9, box=BOX),
        Row("Exit", "line", 11.0, 11.0, 0.8, box=BOX),
    )


def test_doubtful_lines_and_tags_are_ignored() -> None:
    seen = segment(
        frames=(
            frame(
                11.0,
                lines=(
                    line("sure", MIN_LINE_CONFIDENCE),
                    line("doubtful", MIN_LINE_CONFIDENCE - 0.01),
                    line(" "),
                ),
                tags=(
                    Tag(label="cat", confidence=MIN_TAG_CONFIDENCE),
                    Tag(label="dog", confidence=MIN_TAG_CONFIDENCE - 0.01),
                    Tag(label=" ", confidence=1.0),
                ),
            ),
        )
    )
    assert [row.text for row in seen.lines] == ["sure"]
    assert [row.text for row in seen.tags] == ["cat"]


def test_tag_counts_instances_of_one_frame_and_kind() -> None:
    cup = Tag(label="cup", confidence=0.5, kind="object")
    seen = segment(
        frames=(
            frame(11.0, tags=(Tag(label="Cup", confidence=0.8), cup)),
            frame(12.0, tags=(cup, cup, cup)),
            frame(13.0, tags=(cup,)),
        )
    )
    assert seen.tags == (Row("Cup", "object", 11.0, 13.0, 0.8, 3),)


def test_surest_tag_comes_first_then_by_name() -> None:
    tags = tuple(Tag(label=label, confidence=sure) for label, sure in (("b", 0.5), ("a", 0.5), ("c", 0.9)))
    assert [row.text for row in segment(frames=(frame(11.0, tags=tags),)).tags] == ["c", "a", "b"]


def test_speech_is_words_with_their_middle_in_segment() -> None:
    spoken = (
        utterance(word("before", 9.0, 10.9), word(" cut", 9.5, 10.5, 0.5), word("in", 11.0, 12.0, 0.75)),
        utterance(word("outside", 20.0, 21.0)),
        Utterance(text=" no words ", start=14.0, end=15.0),
        Utterance(text="elsewhere", start=19.0, end=21.1),
    )
    assert segment(utterances=spoken, transcript="ignored").speech == (
        Row("cut in", "speech", 9.5, 12.0, 0.625),
        Row("no words", "speech", 14.0, 15.0),
    )


def test_transcript_is_used_without_utterances() -> None:
    assert segment(transcript=" hello ").speech == (Row("hello", "speech", 10.0, 20.0),)
    assert segment(transcript=" ").speech == ()


def test_texts_in_segment_results_are_notes() -> None:
    results = ({"a": [" x ", {"b": "y"}], "n": 1}, {"a": "x", "empty": " "})
    seen = segment(results)
    assert [(row.text, row.kind) for row in seen.notes] == [("x", "note"), ("y", "note")]
    assert seen.results == results


def test_rows_are_limited() -> None:
    many = tuple(line(f"line {number}") for number in range(MAX_ROWS + 1))
    assert len(segment(frames=(frame(11.0, lines=many),)).lines) == MAX_ROWS


def test_stems_cover_all_rows() -> None:
    seen = segment(
        ({"note": "Boxes"},),
        transcript="running dogs",
        frames=(frame(11.0, lines=(line("EXITS"),), tags=(Tag(label="cups", confidence=0.9),)),),
    )
    assert seen.stems() == {"box", "running", "dog", "exit", "cup"}


@pytest.mark.parametrize(
    ("kind", "speech", "lines", "tags", "has_images", "language"),
    [
        ("speech", 1, 0, 0, False, "en"),
        ("line", 0, 1, 0, True, None),
        ("object", 0, 0, 1, True, None),
        ("scene", 0, 0, 1, True, None),
    ],
)
def test_findings_of_row_have_that_row_only(
    kind: str, speech: int, lines: int, tags: int, has_images: bool, language: str | None
) -> None:
    whole = segment(({"a": "b"},), transcript="words", language="en", frames=(frame(11.0),))
    found = findings_of_row(Row("text", kind, 12.0, 13.0), whole)
    assert (len(found.speech), len(found.lines), len(found.tags)) == (speech, lines, tags)
    assert (found.start, found.end, found.has_images, found.language) == (12.0, 13.0, has_images, language)
    assert (found.media_type, found.title, found.notes, found.results) == ("video", "", (), ())
