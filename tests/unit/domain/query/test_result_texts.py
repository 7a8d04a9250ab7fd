from shared.domain.evidence import FrameEvidence, TextLine
from shared.domain.query.result_texts import (
    compose_metadata_text,
    on_screen_lines,
    on_screen_passages,
    transcript_passages,
)


def frame(at: float, *lines: str, confidence: float = 0.9) -> FrameEvidence:
    read = tuple(TextLine(text=line, confidence=confidence, box=(0, 0, 1, 1)) for line in lines)
    return FrameEvidence(timestamp=at, shot=0, picture="content/t/h/frames/1.jpg", text_lines=read)


def test_short_transcript_is_one_passage() -> None:
    assert transcript_passages(" One. Two! ") == ["One. Two!"]
    assert transcript_passages("") == []


def test_long_transcript_is_split_between_sentences() -> None:
    text = "This is one. This is two. This is three."
    assert transcript_passages(text, words=6) == ["This is one. This is two.", "This is three."]


def test_long_sentence_is_split_without_losing_words() -> None:
    text = " ".join(f"w{i}" for i in range(25))
    passages = transcript_passages(text, words=10)
    assert [len(p.split()) for p in passages] == [10, 10, 5]
    assert " ".join(passages) == text


def test_lines_that_differ_only_in_case_or_space_are_merged() -> None:
    frames = [frame(0, "Gate B12", "Boarding"), frame(1, "GATE  b12"), frame(2, "smudge", confidence=0.3)]
    assert on_screen_lines(frames) == ["Gate B12", "Boarding"]


def test_frame_with_several_lines_adds_whole_text() -> None:
    assert on_screen_passages([frame(0, "Lisbon", "84 mm")]) == ["Lisbon", "84 mm", "Lisbon 84 mm"]
    assert on_screen_passages([frame(0, "Lisbon"), frame(1, "Lisbon")]) == ["Lisbon"]


def test_metadata_text_has_one_line_for_each_field() -> None:
    text = compose_metadata_text(
        [("title", "Rain"), ("note", " ")], transcript="Hello.", lines=["A", "B"], tags=["a cat"]
    )
    assert text.split("\n") == [
        "title: Rain",
        "transcription: Hello.",
        "[on_screen_text]: A | B",
        "[visual_tags]: a cat",
    ]
