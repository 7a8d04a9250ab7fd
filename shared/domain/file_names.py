"""File names as clients send them."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

_MAX_CHARACTERS: Final = 255


def base_name(sent: str) -> str:
    """Return the last part of a POSIX or Windows path: its printable characters, the last 255 of them.

    Return ``media`` where nothing is left.
    """
    last = PureWindowsPath(PurePosixPath(sent).name).name
    return "".join(c for c in last if c.isprintable()).strip()[-_MAX_CHARACTERS:] or "media"
