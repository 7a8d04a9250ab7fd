"""The JavaScript of the console's first page, in the build."""

import gzip
import re
from pathlib import Path
from typing import Final

_DIST: Final = Path(__file__).parents[2] / "console" / "dist"
_FIRST_PAGE: Final = ("shell", "library-page")
_IMPORT: Final = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')


def first_page_bytes() -> int:
    """Return the size of all scripts that the library needs to be drawn, each compressed by gzip."""
    entry = re.findall(r'/assets/([^"]+\.js)"', (_DIST / "index.html").read_text(encoding="utf-8"))
    pages = [next(_DIST.glob(f"assets/{name}-*.js")).name for name in _FIRST_PAGE]
    found: dict[str, int] = {}
    waiting = entry + pages
    while waiting:
        name = waiting.pop()
        if name not in found:
            script = (_DIST / "assets" / name).read_bytes()
            found[name] = len(gzip.compress(script))
            waiting += _IMPORT.findall(script.decode())
    return sum(found.values())
