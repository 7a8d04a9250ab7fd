"""Tokenisation for lexical search, and the terms of a query."""

import re
import unicodedata
from typing import Final

_CHARACTERS_OF_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_CHARACTERS_OF_CJK}]+|[^\W_{_CHARACTERS_OF_CJK}]+")
_CJK: Final = re.compile(f"[{_CHARACTERS_OF_CJK}]")
_MAX_WORD_CHARACTERS: Final = 64
_MAX_QUERY_TERMS: Final = 32

_STOP_WORDS_TEXT: Final = (
    "a about an and are as at be been but by did do does for from had has have he her his how i in is "
    "it its me my not of on or our she so some someone something that the their them then there these "
    "they this those to was we were what when where which while who whom whose why will with you your"
)
_STOP_WORDS: Final = frozenset(_STOP_WORDS_TEXT.split())


def words(text: str) -> list[str]:
    """Return the words of ``text``, case-folded and without accents, each of at most 64 characters.

    A run of Chinese, Japanese or Korean characters becomes overlapping pairs of characters.
    """
    # NFKD decomposes Hangul syllables; NFKC composes them again.
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = unicodedata.normalize("NFKC", "".join(c for c in decomposed if not unicodedata.combining(c)))
    found: list[str] = []
    for word in _WORD.findall(plain):
        if _CJK.match(word) and len(word) > 1:
            found += [word[start : start + 2] for start in range(len(word) - 1)]
        else:
            found.append(word[:_MAX_WORD_CHARACTERS])
    return found


def query_terms(text: str) -> list[str]:
    """Return the first 32 distinct words of a query, without stop words unless no other words remain."""
    unique = list(dict.fromkeys(words(text)))
    without_stop_words = [word for word in unique if word not in _STOP_WORDS]
    return (without_stop_words or unique)[:_MAX_QUERY_TERMS]
