"""The console: the built files of ``console/``, and one page for every address within it."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

CONSOLE: Final = Path(__file__).parents[3] / "console" / "dist"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def add_console(app: FastAPI, folder: Path = CONSOLE) -> None:
    """Serve the built console. It must be added after all routes of the API: it answers what is left."""

    def file(request: Request) -> Response:
        name: str = request.path_params["name"]
        found = (folder / name).resolve()
        if name.startswith("api/") or not found.is_relative_to(folder.resolve()):
            raise HTTPException(404)
        if found.is_file():
            return FileResponse(found, headers=_HEADERS)
        return FileResponse(folder / "index.html", headers=_HEADERS | {"Cache-Control": "no-cache"})

    app.add_route("/{name:path}", file, methods=["GET", "HEAD"], include_in_schema=False)
