"""What counts as a word in search, and which words of a query are worth looking up."""

import re
import unicodedata
from typing import Final

_CHARACTERS_OF_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_CHARACTERS_OF_CJK}]+|[^\W_{_CHARACTERS_OF_CJK}]+")
_CJK: Final = re.compile(f"[{_CHARACTERS_OF_CJK}]")
_LONGEST_WORD: Final = 64
_MOST_WORDS: Final = 32

_COMMON: Final = (
    "a about an and are as at be been but by did do does for from had has have he her his how i in is "
    "it its me my not of on or our she so some someone something that the their them then there these "
    "they this those to was we were what when where which while who whom whose why will with you your"
)
_STOP_WORDS: Final = frozenset(_COMMON.split())


def words(text: str) -> list[str]:
    """Words without case and accents; runs of Chinese, Japanese or Korean as overlapping pairs."""
    # NFKC afterwards puts Hangul together again, which NFKD took apart.
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = unicodedata.normalize("NFKC", "".join(c for c in decomposed if not unicodedata.combining(c)))
    found: list[str] = []
    for word in _WORD.findall(plain):
        if _CJK.match(word) and len(word) > 1:
            found += [word[start : start + 2] for start in range(len(word) - 1)]
        else:
            found.append(word[:_LONGEST_WORD])
    return found


def telling_words(text: str) -> list[str]:
    """What of a query is worth looking up: its first different words, without stop words if others remain."""
    unique = list(dict.fromkeys(words(text)))
    telling = [word for word in unique if word not in _STOP_WORDS]
    return (telling or unique)[:_MOST_WORDS]
