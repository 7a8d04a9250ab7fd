"""Links of a chained Ogg file (RFC 3533, section 4) that FFmpeg cannot read after the first.

FFmpeg ends with a link that has another codec or other channels than the first.
"""

import mmap
from pathlib import Path
from typing import Final

from shared.domain.media import MediaWarning
from shared.media.decode.demux import open_container, packets

_FIRST_PAGE: Final = b"OggS\x00\x02"
"""The start of a page that begins a logical stream (RFC 3533, section 6)."""


def link_warnings(path: Path) -> tuple[MediaWarning, ...]:
    """Warn about links that are not in the medium. Only a file with several links is read."""
    last_link = _last_link(path)
    if last_link <= 0:
        return ()
    with open_container(path) as container:
        read_to = max((packet.pos for packet in packets(container) if packet.pos is not None), default=-1)
    if read_to >= last_link:
        return ()
    return (
        MediaWarning(
            code="later_parts_unreadable",
            message="The file is a chain of recordings, and a later one has another codec or other channels. "
            "The medium ends before it. Import the recordings as files of their own.",
        ),
    )


def _last_link(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.rfind(_FIRST_PAGE)
