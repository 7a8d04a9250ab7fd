"""Built files of the console and of the documentation, which ``make console`` and ``make docs`` write."""

from pathlib import Path
from typing import Final

_REPOSITORY: Final = Path(__file__).parent.parent

CONSOLE: Final = _REPOSITORY / "console" / "dist"
DOCUMENTATION: Final = _REPOSITORY / "docs" / "site" / "dist"


class SiteNotBuilt(RuntimeError):
    """The files of the site are missing. The message says what to do."""


def check_built(*folders: Path) -> None:
    """Require the built files. Raises: SiteNotBuilt."""
    missing = [folder for folder in folders if not (folder / "index.html").is_file()]
    if missing:
        names = " and ".join(str(folder.relative_to(_REPOSITORY)) for folder in missing)
        raise SiteNotBuilt(f"The site needs {names}. Run `make console docs` first.")


def console_policy(media_origin: str) -> str:
    """Return the console's content security policy, which equals the laptop's but for the media bucket."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' blob: data: {media_origin}; "
        f"media-src 'self' blob: {media_origin}; connect-src 'self' {media_origin}; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def documentation_policy() -> str:
    """Return the content security policy of the documentation."""
    return "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
