"""Protection of cells against formula injection.

Spreadsheets run a cell that begins with one of some characters as a formula. A quote before it makes it a
text (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import re
from typing import Final

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_QUOTE: Final = "'"


def safe_cell(text: str) -> str:
    """Return ``text``, with a quote before it if a spreadsheet could run it. Plain numbers stay numbers."""
    if text.startswith(_STARTS) and not _NUMBER.fullmatch(text):
        return _QUOTE + text
    return text
