"""Built files of the console and of the documentation, which ``make console`` and ``make docs`` write."""

import json
from pathlib import Path
from typing import Final

_REPOSITORY: Final = Path(__file__).parent.parent

CONSOLE: Final = _REPOSITORY / "console" / "dist"
DOCUMENTATION: Final = _REPOSITORY / "docs" / "site" / "dist"

_PATHS_FUNCTION: Final = Path(__file__).parent / "constructs" / "site_paths.js"
_MOVED: Final = "moved.json"
"""Maps the names of pages that earlier releases served, such as ``guide``, to the addresses of the site."""


class SiteNotBuilt(RuntimeError):
    """The files of the site are missing. The message says what to do."""


def check_built() -> None:
    """Require the built files. Raises: SiteNotBuilt."""
    missing = [folder for folder in (CONSOLE, DOCUMENTATION) if not (folder / "index.html").is_file()]
    if missing:
        names = " and ".join(str(folder.relative_to(_REPOSITORY)) for folder in missing)
        raise SiteNotBuilt(f"site=true needs {names}. Run `make console docs` first.")


def paths_program() -> str:
    """Return the CloudFront function that maps paths to files, with the addresses of earlier releases."""
    path = DOCUMENTATION / _MOVED
    moved = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    gone = {name: page for name, page in moved.items() if not (DOCUMENTATION / name / "index.html").is_file()}
    return f"var moved = {json.dumps(gone)};\n{_PATHS_FUNCTION.read_text(encoding='utf-8')}"
