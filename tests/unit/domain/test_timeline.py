from shared.domain.evidence import Shot, Tag, TextLine
from shared.domain.timeline import SeenFrame, SeenPictures, line_spans, tag_spans

HERE = (0.1, 0.1, 0.3, 0.2)


def seen(at: float, shot: int, *texts: str, box: tuple[float, float, float, float] = HERE) -> SeenFrame:
    lines = tuple(TextLine(text=text, confidence=0.9, box=box) for text in texts)
    tags = tuple(Tag(label=text, confidence=at / 10) for text in texts)
    return SeenFrame(timestamp=at, shot=shot, picture=f"{at}", text_lines=lines, tags=tags)


def pictures(*frames: SeenFrame) -> SeenPictures:
    return SeenPictures(shots=(Shot(start=0, end=6), Shot(start=6, end=9)), frames=frames)


def spans(found: SeenPictures) -> list[tuple[str, float, float]]:
    return [(span.line.text, span.start, span.end) for span in line_spans(found)]


def test_first_frame_of_shot_stands_for_its_begin() -> None:
    assert spans(pictures(seen(2, 0, "a"), seen(8, 1, "b"))) == [("a", 0, 6), ("b", 6, 9)]


def test_text_continues_through_neighbouring_frames() -> None:
    found = pictures(seen(1, 0, "a"), seen(2, 0, "a", "b"), seen(3, 0), seen(4, 0, "a"), seen(7, 1, "a"))
    assert spans(found) == [("a", 0, 3), ("b", 2, 3), ("a", 4, 9)]


def test_moved_text_is_another_line() -> None:
    found = pictures(seen(1, 0, "a"), seen(3, 0, "a", box=(0.5, 0.1, 0.7, 0.2)))
    assert spans(found) == [("a", 0, 3), ("a", 3, 6)]


def test_unread_text_has_no_line() -> None:
    assert spans(pictures(seen(1, 0, ""))) == []


def test_tag_has_its_highest_confidence() -> None:
    (tag,) = tag_spans(pictures(seen(1, 0, "street"), seen(5, 0, "street"), seen(7, 1, "street")))
    assert (tag.start, tag.end, tag.confidence) == (0, 9, 0.7)


def test_picture_has_spans_at_its_only_time() -> None:
    still = SeenPictures(shots=(Shot(start=0, end=0),), frames=(seen(0, 0, "a"),))
    assert spans(still) == [("a", 0, 0)]


def test_frame_without_shot_keeps_its_time() -> None:
    assert spans(SeenPictures(shots=(), frames=(seen(3, 4, "a"),))) == [("a", 3, 3)]
