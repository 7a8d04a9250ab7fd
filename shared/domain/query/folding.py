"""Text as conditions compare it."""

import unicodedata


def fold(text: str) -> str:
    """``text`` without differences of case, in Unicode normal form C."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
