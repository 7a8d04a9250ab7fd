from shared.domain.evidence import FrameEvidence, PictureEvidence, Shot

PICTURES = PictureEvidence(
    shots=(Shot(start=0, end=8), Shot(start=8, end=12)),
    frames=(
        FrameEvidence(timestamp=1, shot=0, picture="a"),
        FrameEvidence(timestamp=8.5, shot=1, picture="b"),
    ),
)


def test_frames_inside_a_stretch_are_its_evidence() -> None:
    assert [frame.picture for frame in PICTURES.between(0, 9)] == ["a", "b"]


def test_a_stretch_without_frames_looks_like_its_own_shot() -> None:
    assert [frame.picture for frame in PICTURES.between(7, 8.2)] == ["a"]


def test_a_medium_without_frames_has_no_evidence() -> None:
    assert PictureEvidence(shots=(), frames=()).between(0, 5) == ()
