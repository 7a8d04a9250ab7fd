"""The console: the files of ``console/dist``, and one page for every address within it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from shared.http.site.answers import IMMUTABLE, REVALIDATED, file_answer, missing_build
from shared.http.site.files import BuiltFiles
from shared.http.site.security import console_headers

CONSOLE: Final = Path(__file__).parents[3] / "console" / "dist"
_HASHED: Final = "assets/"


class ConsoleSite:
    """Answers ``GET`` requests for the console."""

    def __init__(self, folder: Path = CONSOLE, media_origins: Sequence[str] = ()) -> None:
        self._files = BuiltFiles(folder)
        self._headers = console_headers(media_origins)

    def answer(self, request: Request) -> Response | None:
        """Return a file, or the page of the console. None: there is no such file.

        The page's own script reads the address. The last part of the address of a file has a suffix.
        """
        name: str = request.scope["path"].removeprefix("/")
        is_file = name.startswith(_HASHED) or "." in name.rpartition("/")[2]
        if not is_file and not _takes_page(request):
            return None
        if not self._files.exists():
            return None if is_file else missing_build("The console is not built", "make console")
        found = self._files.find(
            name if is_file else "index.html", request.headers.get("accept-encoding", "")
        )
        if found is None:
            return None
        return file_answer(
            found,
            if_none_match=request.headers.get("if-none-match"),
            cache_control=IMMUTABLE if name.startswith(_HASHED) else REVALIDATED,
            headers=self._headers,
        )


def _takes_page(request: Request) -> bool:
    """Return whether the client names HTML, as browsers do. Clients of the API with a wrong address do not.

    The first page is for everybody, so that a client without such a header finds out what answers there.
    """
    return request.scope["path"] == "/" or "text/html" in request.headers.get("accept", "")
