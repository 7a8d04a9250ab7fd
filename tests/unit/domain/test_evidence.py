import pytest

from shared.domain.evidence import FrameEvidence, PictureEvidence, Shot, TextLine

PICTURES = PictureEvidence(
    shots=(Shot(start=0, end=8), Shot(start=8, end=12)),
    frames=(
        FrameEvidence(timestamp=1, shot=0, picture="a"),
        FrameEvidence(timestamp=8.5, shot=1, picture="b"),
    ),
)


def test_frames_inside_span_are_returned() -> None:
    assert [frame.picture for frame in PICTURES.between(0, 9)] == ["a", "b"]


def test_span_without_frames_gets_nearest_frame_of_its_shot() -> None:
    assert [frame.picture for frame in PICTURES.between(7, 8.2)] == ["a"]


def test_medium_without_frames_returns_no_frames() -> None:
    assert PictureEvidence(shots=(), frames=()).between(0, 5) == ()


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("Open daily", True),
        ("Größe, façade, żółty", True),
        ("λ + β = 2π", True),
        ("今日は天気", True),
        ("κλμε σμεθλ", False),
        ("", False),
    ],
)
def test_greek_line_counts_as_unread(text: str, *, is_read: bool) -> None:
    assert TextLine(text=text, confidence=0.9, box=(0, 0, 1, 1)).is_read == is_read
