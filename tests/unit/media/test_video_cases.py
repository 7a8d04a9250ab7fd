"""Pictures of the videos in tests/media/cases: key frames, posters, previews and the playable file."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from shared.media.decode.frames import Scaler
from shared.media.derive.key_frames import KeyFrame
from shared.media.derive.playback import Playable, make_playable
from shared.media.derive.poster import poster
from shared.media.derive.preview import media_preview
from shared.media.derive.visual_pass import run_visual_pass
from shared.media.inspect.probe import probe

pytestmark = pytest.mark.slow

CASES: Final = Path(__file__).parents[2] / "media" / "cases"
Pixels = NDArray[np.int64]


def shown(image: bytes) -> Pixels:
    return np.asarray(Image.open(BytesIO(image)).convert("RGB")).astype(np.int64)


def gif_frames(path: Path) -> Iterator[Pixels]:
    gif = Image.open(BytesIO(media_preview(path, probe(path))))
    for frame in ImageSequence.Iterator(gif):
        yield np.asarray(frame.convert("RGB")).astype(np.int64)


def played(name: str, tmp_path: Path) -> tuple[Playable, Pixels]:
    """Return the playable file, and its first frame as a browser shows it."""
    result = make_playable(CASES / name, probe(CASES / name), tmp_path / "playable")
    with av.open(str(result.path)) as container:
        frame = next(container.decode(video=0))
    return result, Scaler(1.0, 4000).scale(frame).astype(np.int64)


def all_pictures(name: str, tmp_path: Path) -> Iterator[Pixels]:
    """Yield poster, GIF frames, key frame and the frame that a browser plays."""
    path = CASES / name
    yield shown(poster(path, probe(path)))
    yield from gif_frames(path)
    frames: list[KeyFrame] = []
    result, first = played(name, tmp_path)
    run_visual_pass(result.path, probe(result.path), frames.append)
    yield frames[0].image.astype(np.int64)
    yield first


def bar(image: Pixels, position: float, *, across: bool = False) -> Pixels:
    """Return the colour of a bar (a column, or a row if ``across``), at a fraction of the picture's side.

    The median ignores what moves in front of the bars.
    """
    side = image.shape[0 if across else 1]
    line = image[int(position * side)] if across else image[:, int(position * side)]
    return np.asarray(np.median(line, axis=0), dtype=np.int64)


def test_turned_phone_has_three_shots_in_their_own_shapes(tmp_path: Path) -> None:
    frames: list[KeyFrame] = []
    result, _ = played("turned_phone.webm", tmp_path)
    visual = run_visual_pass(result.path, probe(result.path), frames.append)
    assert [shot.start for shot in visual.shots] == pytest.approx([0.0, 2.0, 4.0], abs=0.05)
    assert [frame.image.shape[:2] for frame in frames] == [(240, 320), (320, 240), (240, 320)]
    assert [frame.shot for frame in frames] == [0, 1, 2]
    for frame, channel in zip(frames, (0, 2, 1), strict=True):
        colour = np.median(frame.image, axis=(0, 1))
        assert colour[channel] > 100
        assert np.delete(colour, channel).max() < 20
    (gif,) = {image.shape for image in gif_frames(CASES / "turned_phone.webm")}
    assert gif == (240, 320, 3)


def test_mirrored_video_is_mirrored_in_all_pictures(tmp_path: Path) -> None:
    """Stored left to right: red, green, yellow, blue, magenta, cyan."""
    for image in all_pictures("mirrored_hflip.mp4", tmp_path):
        assert image.shape[1] > image.shape[0]
        assert bar(image, 0.04) == pytest.approx([0, 255, 255], abs=20), "cyan"
        assert bar(image, 0.96) == pytest.approx([255, 0, 0], abs=20), "red"


def test_mirrored_and_turned_video_is_shown_as_its_matrix_says(tmp_path: Path) -> None:
    """The matrix maps (x, y) to (-y, -x): stored right is displayed on top, stored top on the right."""
    for image in all_pictures("mirrored_rot90.mp4", tmp_path):
        assert image.shape[0] > image.shape[1]
        assert bar(image, 0.04, across=True) == pytest.approx([0, 255, 255], abs=20), "cyan"
        assert bar(image, 0.93, across=True) == pytest.approx([255, 0, 0], abs=20), "red"
    probed = probe(CASES / "mirrored_rot90.mp4")
    assert (probed.width, probed.height, probed.rotation, probed.mirrored) == (270, 480, 270, True)


@pytest.mark.parametrize("name", ["mirrored_hflip.mp4", "mirrored_rot90.mp4"])
def test_mirrored_video_is_stored_upright_for_playback(tmp_path: Path, name: str) -> None:
    source = probe(CASES / name)
    result, first = played(name, tmp_path)
    after = probe(result.path)
    assert (after.rotation, after.mirrored, after.playable) == (0, False, True)
    assert (after.width, after.height) == (source.width, source.height) == (first.shape[1], first.shape[0])


def test_hdr_is_shown_in_colours_of_sdr(tmp_path: Path) -> None:
    bars = {1.5: (188, 188, 188), 2.5: (188, 188, 0), 6.5: (0, 0, 188)}
    for image in all_pictures("hdr_pq.mov", tmp_path):
        for position, colour in bars.items():
            assert bar(image[: image.shape[0] // 2], position / 8) == pytest.approx(colour, abs=22), position
    result, _ = played("hdr_pq.mov", tmp_path)
    with av.open(str(result.path)) as container:
        context = container.streams.video[0].codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert tags == (1, 1, 1, 1)
        assert context.pix_fmt == "yuv420p"


def test_full_range_is_converted_for_playback(tmp_path: Path) -> None:
    """The grey bars in the upper half of the source are 0, 17, 34, ... 255."""
    _, first = played("mjpeg_full_range.avi", tmp_path)
    levels = [int(bar(first[:350], (number + 0.5) / 16).mean()) for number in range(16)]
    assert levels == pytest.approx([17 * number for number in range(16)], abs=2)


def test_fade_in_has_poster_and_preview_that_show_something() -> None:
    """The only key frame is black; the picture's mean is 124 once it has faded in."""
    path = CASES / "fade_in_one_keyframe.mp4"
    assert shown(poster(path, probe(path))).mean() > 95
    frames = list(gif_frames(path))
    assert len(frames) >= 4
    assert min(frame.mean() for frame in frames) > 40
