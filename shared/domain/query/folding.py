"""Case folding of text for the comparison in conditions."""

import unicodedata


def fold_case(text: str) -> str:
    """Apply Unicode case folding and convert to normal form C."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
