"""Pictures as scanners, telephones and programs write them: import, thumbnail, version for reading."""

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from shared.domain.errors import UnsupportedMedia
from shared.media.derive.key_frames import KeyFrame
from shared.media.derive.playback import make_playable
from shared.media.derive.poster import poster
from shared.media.derive.preview import media_preview
from shared.media.derive.visual_pass import run_visual_pass
from shared.media.inspect.probe import probe

pytestmark = pytest.mark.slow

CASES: Final = Path(__file__).parents[2] / "media" / "cases"


def shown(name: str) -> NDArray[np.uint8]:
    """Return the poster."""
    path = CASES / name
    return np.asarray(Image.open(BytesIO(poster(path, probe(path)))))


def key_frame(path: Path) -> KeyFrame:
    frames: list[KeyFrame] = []
    run_visual_pass(path, probe(path), frames.append)
    (frame,) = frames
    return frame


def test_embedded_profile_is_applied() -> None:
    image = shown("icc_swapped.jpg").astype(int)
    sky, ground = image[20, 20], image[-20, 20]
    assert sky[2] > sky[0] + 40
    assert ground[0] > ground[2] + 40


def test_bright_grey_of_sixteen_bits_is_bright() -> None:
    assert shown("gray16_flat_bright.png").mean() == pytest.approx(233, abs=2)


def test_white_logo_is_visible_on_thumbnail() -> None:
    image = shown("white_on_transparent.png")
    assert image.max() > 240
    assert np.median(image) < 40


def test_tall_screenshot_is_read_at_full_size() -> None:
    frame = key_frame(CASES / "tall_screenshot_1080x20000.png")
    assert frame.reading is not None
    assert frame.reading.shape == (20_000, 1080, 3)
    assert frame.image.shape[0] * frame.image.shape[1] < 4_100_000
    assert shown("tall_screenshot_1080x20000.png").shape[0] < 10_000


def test_bigtiff_becomes_playable(tmp_path: Path) -> None:
    found = probe(CASES / "bigtiff.tif")
    playable = make_playable(CASES / "bigtiff.tif", found, tmp_path / "out")
    assert (found.container, playable.suffix) == ("tiff", ".jpg")
    assert probe(playable.path).width == found.width


def test_pages_of_tiff_file_are_one_picture(tmp_path: Path) -> None:
    found = probe(CASES / "pages3.tif")
    playable = make_playable(CASES / "pages3.tif", found, tmp_path / "out")
    joined = probe(playable.path)
    assert (joined.width, joined.height) == (found.width, 3 * (found.height or 0))
    assert found.warnings == ()


def test_preview_is_made_of_the_same_picture() -> None:
    path = CASES / "white_on_transparent.png"
    with Image.open(BytesIO(media_preview(path, probe(path)))) as preview:
        assert preview.width == 320
        assert np.median(np.asarray(preview.convert("L"))) < 40


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "AVIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"%PDF-1.7\n", "PDF"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "SVG"),
    ],
)
def test_unsupported_picture_is_refused_by_its_name(tmp_path: Path, head: bytes, name: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(head + bytes(100))
    with pytest.raises(UnsupportedMedia, match=name) as raised:
        probe(path)
    assert raised.value.code == "unsupported_format"
