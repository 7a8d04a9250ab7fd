"""Reel names: at most eight characters that name a source in a CMX 3600 list."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

from shared.domain.errors import InvalidRequest

_LENGTH: Final = 8
_NAME: Final = re.compile(r"[A-Z0-9_]{1,8}")
_RESERVED: Final = frozenset({"AX", "BL"})
"""Names with a meaning of their own: auxiliary source, and black."""


def reel_names(titles: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return a reel name for each medium, by its id: the ``given`` one, otherwise one made of its title. No
    two are equal.

    Raises: InvalidRequest: a given name is not valid, or is given twice.
    """
    names = {media_id: _checked(media_id, given[media_id]) for media_id in titles if media_id in given}
    if len(set(names.values())) < len(names):
        raise InvalidRequest("reel_names", "must differ from each other")
    taken = {*names.values(), *_RESERVED}
    last_numbers: dict[str, int] = {}
    for media_id, title in titles.items():
        if media_id not in names:
            names[media_id] = _free(_plain(title)[:_LENGTH].strip("_"), taken, last_numbers)
            taken.add(names[media_id])
    return names


def _checked(media_id: str, name: str) -> str:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise InvalidRequest(
            f"reel_names.{media_id}", "must be 1 to 8 characters of A-Z, 0-9 and _, and neither AX nor BL"
        )
    return name


def _plain(title: str) -> str:
    """Return the title in the characters that a reel name may have."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", ascii_title.upper()).strip("_") or "REEL"


def _free(stem: str, taken: Collection[str], last_numbers: dict[str, int]) -> str:
    """Return a name that is not taken: ``stem``, or its start with a number. ``last_numbers`` has the number
    that each stem got last, so that many equal titles do not try all numbers again."""
    name, number = stem, last_numbers.get(stem, 1)
    while name in taken:
        number += 1
        name = f"{stem[: _LENGTH - len(str(number))]}{number}"
    last_numbers[stem] = number
    return name
