"""The documentation: the files of ``docs/site/dist`` under ``/docs``."""

import json
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.http.site.answers import IMMUTABLE, REVALIDATED, file_answer, missing_build
from shared.http.site.files import BuiltFiles
from shared.http.site.security import documentation_headers

DOCUMENTATION: Final = Path(__file__).parents[3] / "docs" / "site" / "dist"
PREFIX: Final = "/docs"
_HASHED: Final = "_astro/"
_MOVED: Final = "moved.json"
"""Maps the names of pages that earlier releases served, such as ``guide``, to the addresses of the site."""


class DocumentationSite:
    """Answers ``GET`` requests for the documentation. Each page is a folder with an ``index.html``."""

    def __init__(self, folder: Path = DOCUMENTATION) -> None:
        self._folder = folder
        self._files = BuiltFiles(folder)
        self._headers = documentation_headers()

    def answer(self, request: Request) -> Response | None:
        """Return a file, a page, or the way to it. None: there is neither."""
        name: str = request.scope["path"].removeprefix(PREFIX).removeprefix("/")
        if not self._files.exists():
            return missing_build("The documentation is not built", "make docs")
        if request.scope["path"] == PREFIX:
            return self._redirect("", request)
        is_page = not name or name.endswith("/")
        encodings = request.headers.get("accept-encoding", "")
        found = self._files.find(f"{name}index.html" if is_page else name, encodings)
        if found is None:
            return self._elsewhere(name, request) or self._not_found(encodings)
        return file_answer(
            found,
            if_none_match=request.headers.get("if-none-match"),
            cache_control=IMMUTABLE if name.startswith(_HASHED) else REVALIDATED,
            headers=self._headers,
        )

    def _elsewhere(self, name: str, request: Request) -> Response | None:
        """Return the redirect of an address without its final slash, or of an earlier release."""
        page = name.removesuffix("/").removesuffix(".md")
        if page and not name.endswith("/") and self._files.find(f"{page}/index.html"):
            return self._redirect(f"{page}/", request)
        try:
            moved = json.loads((self._folder / _MOVED).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        target = moved.get(page)
        return self._redirect(target, request) if isinstance(target, str) else None

    def _redirect(self, name: str, request: Request) -> Response:
        """Return the way to a page. The query of the request stays."""
        headers = {**self._headers, "Cache-Control": REVALIDATED}
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{PREFIX}/{name}{query}", 308, headers=headers)

    def _not_found(self, encodings: str) -> Response | None:
        found = self._files.find("404.html", encodings)
        if found is None:
            return None
        return file_answer(
            found, if_none_match=None, cache_control=REVALIDATED, headers=self._headers, status=404
        )
