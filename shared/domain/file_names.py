"""File names as clients send them, and as the server names files for them."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final, Literal
from urllib.parse import quote

_MAX_CHARACTERS: Final = 255
_MAX_STEM_CHARACTERS: Final = 200
_SEPARATORS: Final = str.maketrans("/\\:", "---")
"""Characters that some file systems do not take in a name."""
_NOT_QUOTABLE: Final = re.compile(r'[^ -~]|["%/\\]')
"""What a quoted string cannot hold, or what clients read in different ways (RFC 6266, appendix D)."""


def base_name(sent: str) -> str:
    """Return the last part of a POSIX or Windows path: its printable characters, the last 255 of them.

    Return ``media`` where nothing is left.
    """
    plain = sent.rpartition("/")[2]
    if _is_plain(plain):
        return plain  # most names of an archive, ten times as fast
    last = PureWindowsPath(PurePosixPath(sent).name).name
    return "".join(c for c in last if c.isprintable()).strip()[-_MAX_CHARACTERS:] or "media"


def title_stem(title: str) -> str:
    """Return a title as the start of the name of a download: on one line, without separators of paths, at
    most 200 characters long."""
    return base_name(title.translate(_SEPARATORS))[:_MAX_STEM_CHARACTERS]


def content_disposition(kind: Literal["attachment", "inline"], file_name: str) -> str:
    """Return the header ``Content-Disposition`` with a name (RFC 6266).

    No character of the name can end the header. Clients that do not know ``filename*``, such as curl, get
    ``filename``, in which ``_`` stands for each character that it cannot hold.
    """
    plain = _NOT_QUOTABLE.sub("_", file_name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def _is_plain(name: str) -> bool:
    """Return whether the last part of a path is a file name as it is."""
    return (
        0 < len(name) <= _MAX_CHARACTERS
        and name not in (".", "..")
        and "\\" not in name
        and ":" not in name
        and name.isprintable()
        and name == name.strip()
    )
