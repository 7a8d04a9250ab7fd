"""Names that clients give to files."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

_LONGEST: Final = 255


def base_name(sent: str) -> str:
    """Return the last part of a path of any system: printable, at most 255 characters; else ``media``."""
    last = PureWindowsPath(PurePosixPath(sent).name).name
    return "".join(c for c in last if c.isprintable()).strip()[-_LONGEST:] or "media"
