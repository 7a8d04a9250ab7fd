"""Masked paths: the words of a request's path, without its ids, names and secrets."""

import re
from typing import Final

_WORD: Final = re.compile(r"[a-z][a-z_-]{0,23}(\.[a-z]{1,5})?|v[0-9]{1,2}|")
"""A segment that is shown: a plain word, a file name such as ``openapi.json``, a version, or nothing.

Ids and keys contain digits or capital letters.
"""

_ID: Final = re.compile(r"[a-z]{3}_[0-9A-Za-z_-]+")
_MAX_SEGMENTS: Final = 10


def masked(path: str) -> str:
    """Replace each id in ``path`` by ``{id}``, and each other segment that is no plain word by ``{masked}``.

    ``/api/v2/videos/vid_01J9Z3W6/segmnts`` becomes ``/api/v2/videos/{id}/segmnts``. After 10 segments ``...``
    follows.
    """
    segments = path.split("/")
    shown = [_shown(segment) for segment in segments[: _MAX_SEGMENTS + 1]]
    return "/".join([*shown, "..."] if len(segments) > len(shown) else shown)


def _shown(segment: str) -> str:
    if _WORD.fullmatch(segment):
        return segment
    return "{id}" if _ID.fullmatch(segment) else "{masked}"
