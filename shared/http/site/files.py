"""The files of a build: look-up by address, compressed twins, content types."""

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""Codings of the compressed twins that a build writes beside its files, the smallest first."""

_SEGMENT: Final = re.compile(r"[A-Za-z0-9_@+~%-][A-Za-z0-9_.@+~%-]*")
"""A name of a file or folder of a build. None begins with a dot, so that no path leaves the folder."""

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""Types by suffix. The machine's own table is not asked, so that every machine answers alike."""


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file as it is sent: ``path`` is its compressed twin if ``encoding`` names a coding."""

    path: Path
    stat: os.stat_result
    content_type: str
    encoding: str | None
    has_twins: bool

    @property
    def tag(self) -> str:
        """The entity tag. It differs between a file and its twins, as RFC 9110, section 8.8.3, requires."""
        return f'"{self.stat.st_mtime_ns:x}-{self.stat.st_size:x}"'


class BuiltFiles:
    """The files below one folder. They are looked up at each request, because a build may replace them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def exists(self) -> bool:
        """Return whether the folder holds a complete build."""
        return (self._folder / "index.html").is_file()

    def find(self, name: str, accept_encoding: str = "") -> BuiltFile | None:
        """Return the file ``name``, such as ``assets/main.js``, in the best coding that the client takes."""
        if not all(_SEGMENT.fullmatch(segment) for segment in name.split("/")):
            return None
        plain = self._folder / name
        stat = _stat_of_file(plain)
        if stat is None or not plain.resolve().is_relative_to(self._folder.resolve()):
            return None
        content_type = _TYPES.get(plain.suffix, "application/octet-stream")
        twins = {
            coding: (path, found)
            for coding, suffix in _ENCODINGS
            if (found := _stat_of_file(path := plain.with_name(plain.name + suffix))) is not None
            and found.st_mtime_ns >= stat.st_mtime_ns
        }
        for coding, (path, found) in twins.items():
            if _accepts(accept_encoding, coding):
                return BuiltFile(path, found, content_type, coding, has_twins=True)
        return BuiltFile(plain, stat, content_type, None, has_twins=bool(twins))


def _stat_of_file(path: Path) -> os.stat_result | None:
    try:
        return path.stat() if path.is_file() else None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # no build has such a file
            return None
        raise


def _accepts(header: str, coding: str) -> bool:
    """Return whether an ``Accept-Encoding`` header accepts a coding: RFC 9110, section 12.5.3."""
    for entry in header.lower().split(","):
        name, _, parameter = entry.partition(";")
        if name.strip() == coding:
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", parameter) is None
    return False
