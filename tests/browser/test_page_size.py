"""The JavaScript of the first page, counted in the build."""

import gzip
import re
from pathlib import Path
from typing import Final

_DIST: Final = Path(__file__).parents[2] / "console" / "dist"
_MOST_BYTES: Final = 250_000
_FIRST_PAGE: Final = ("shell", "library-page")
_IMPORT: Final = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')


def test_first_page_has_at_most_250_kb_of_javascript() -> None:
    entry = re.findall(r'/assets/([^"]+\.js)"', (_DIST / "index.html").read_text(encoding="utf-8"))
    lazy = [path.name for name in _FIRST_PAGE for path in _DIST.glob(f"assets/{name}-*.js")]
    assert len(lazy) == len(_FIRST_PAGE)
    found = _with_imports([*entry, *lazy])
    assert sum(map(len, found.values())) <= _MOST_BYTES


def _with_imports(names: list[str]) -> dict[str, bytes]:
    """Read scripts and all that they import before they run. Return each by name, compressed."""
    found: dict[str, bytes] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            script = (_DIST / "assets" / name).read_bytes()
            found[name] = gzip.compress(script)
            waiting += _IMPORT.findall(script.decode())
    return found
