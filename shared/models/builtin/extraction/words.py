"""Word normalisation of the built-in extractor: lower case, no plural endings, split names."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_NAME_PARTS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DOUBLE_ENDINGS: Final = ("ss", "us", "is")


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: Final = word_set(
    "a an and any are as at be been by can do does each every few field for from had has have he "
    "her his i if in into is it its just kind list may me more most much my name no not number of "
    "on or our out over per she short so some such than that the their them then there these they "
    "this those to type up us value was we were what when where whether which who whose will with "
    "you your it's i'm that's there's don't true false one two sentence sentences segment "
    "segments video clip visible shown seen appear appears mention mentioned present contain "
    "contains showing include includes including all main describe description"
)


def stem(word: str) -> str:
    """Remove a plural ending: ``Cities`` to ``city``, ``boxes`` to ``box``, ``cups`` to ``cup``."""
    word = word.lower()
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(_DOUBLE_ENDINGS):
        return word[:-1]
    return word


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def stems_of(text: str) -> list[str]:
    return [stem(word) for word in words_of(text)]


def name_stems(name: str) -> list[str]:
    """Return the stems of the parts of a ``snake_case``, ``camelCase`` or ``kebab-case`` name."""
    return [stem(part) for part in _NAME_PARTS.findall(name)]


def topics(stems: Iterable[str]) -> frozenset[str]:
    """Return the stems without stop words."""
    return frozenset(
        word for word in stems if word not in STOP_WORDS and (len(word) > 1 or not word.isascii())
    )


def folded(text: str) -> str:
    """Normalise text for comparison: no case, no accents, single blanks."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())
