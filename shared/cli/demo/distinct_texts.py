"""The texts of a hit, without repetitions: speech and text on screen are often part of a summary too."""

import re
from collections.abc import Iterable
from typing import Final

_COMPLETE: Final = "metadata_text"
"""The field that repeats every other field."""

_MOST: Final = 3
_WORD: Final = re.compile(r"\w+")


def distinct(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the first three (field, text) that neither contain an earlier text nor are part of one.

    Case and punctuation do not count. ``metadata_text`` is returned only if it is alone.
    """
    texts = list(found)
    kept: list[tuple[str, str]] = []
    seen: list[str] = []
    for name, text in [each for each in texts if each[0] != _COMPLETE] or texts[:1]:
        words = f" {' '.join(_WORD.findall(text.casefold()))} "
        if words.isspace() or any(words in other or other in words for other in seen):
            continue
        seen.append(words)
        kept.append((name, text))
    return kept[:_MOST]
