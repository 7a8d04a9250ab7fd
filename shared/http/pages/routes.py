"""The routes ``/docs`` and ``/docs/<page>``. They need no key and show nothing of the archive.

``/docs/`` and the name of a file, such as ``/docs/guide.md``, show the same pages.
"""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.http.pages import documentation
from shared.http.pages.layout import page


def add_pages(app: FastAPI) -> None:
    """Add the pages to ``app``."""

    def documented(request: Request) -> Response:
        try:
            name = request.path_params.get("name", "").removesuffix(".md") or documentation.START
            return page(*documentation.as_html(name, str(app.openapi_url)))
        except KeyError as error:
            raise HTTPException(404) from error

    app.add_route("/docs", documented, include_in_schema=False)
    app.add_route("/docs/{name:path}", documented, include_in_schema=False)
