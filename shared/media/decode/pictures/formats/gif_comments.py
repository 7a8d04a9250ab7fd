"""Comments of GIF files, counted before Pillow joins their pieces in quadratic time."""

from typing import IO, Final

from shared.domain.errors import UnsupportedMedia

_MAX_COMMENT_BLOCKS: Final = 4096
"""One MiB of comments in blocks of full length."""

_EXTENSION, _COMMENT, _PICTURE, _TRAILER = b"!", b"\xfe", b",", b";"


def check_gif_comments(file: IO[bytes]) -> None:
    """Check the comments in all of a GIF file (GIF89a, 24). Like Pillow, skip bytes between blocks.

    Raises: UnsupportedMedia: ``media_undecodable``: there are more than 4,096 blocks of comments.
    """
    file.seek(0)
    if file.read(6) not in (b"GIF87a", b"GIF89a"):
        return
    _skip_colours(file, file.read(7)[4:5])
    comment_blocks = 0
    while (kind := file.read(1)) and kind != _TRAILER:
        if kind == _PICTURE:
            _skip_colours(file, file.read(9)[8:])
            file.read(1)
            _skip_blocks(file)
        elif kind == _EXTENSION:
            is_comment = file.read(1) == _COMMENT
            blocks = _skip_blocks(file)
            comment_blocks += blocks if is_comment else 0
        if comment_blocks > _MAX_COMMENT_BLOCKS:
            raise UnsupportedMedia(
                f"The GIF file has more than {_MAX_COMMENT_BLOCKS:,} blocks of comments. Remove its comments "
                "and send it again.",
                code="media_undecodable",
            )


def _skip_colours(file: IO[bytes], flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        file.seek(3 * 2 ** ((flags[0] & 7) + 1), 1)


def _skip_blocks(file: IO[bytes]) -> int:
    """Skip data blocks up to their terminator. Return their number."""
    count = 0
    while (length := file.read(1)) not in (b"", b"\0"):
        file.seek(length[0], 1)
        count += 1
    return count
