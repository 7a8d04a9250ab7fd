"""Comments of GIF files."""

from io import BytesIO

import pytest
from PIL import Image

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.pictures.formats.gif_comments import check_gif_comments
from tests.unit.media.decode.pictures.decoding import encoded, pixels

PICTURE = encoded(Image.new("P", (20, 10)), "GIF")
FIRST = PICTURE.index(b",", 13)


def with_comment(blocks: int, at: int = FIRST) -> bytes:
    """Return the file with a comment before the byte ``at``, behind a byte that belongs to no block."""
    return PICTURE[:at] + b"\0!\xfe" + b"\x01c" * blocks + b"\0" + PICTURE[at:]


@pytest.mark.parametrize("at", [FIRST, len(PICTURE) - 1], ids=["before the picture", "after it"])
def test_comment_of_too_many_blocks_is_refused(at: int) -> None:
    with pytest.raises(UnsupportedMedia, match="4,096 blocks of comments") as raised:
        check_gif_comments(BytesIO(with_comment(4097, at)))
    assert raised.value.code == "media_undecodable"


def test_picture_with_comments_is_shown() -> None:
    assert pixels(with_comment(4000)).shape == (10, 20, 3)


def test_decoding_checks_comments() -> None:
    with pytest.raises(UnsupportedMedia, match="comments"):
        pixels(with_comment(4097))
