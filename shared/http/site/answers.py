"""Answers with files of a build, and the page that stands in for a missing build."""

from collections.abc import Mapping
from html import escape
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from shared.http.byte_ranges import RangeNotSatisfiable, parse_range
from shared.http.site.files import BuiltFile
from shared.http.site.security import page_headers

REVALIDATED: Final = "no-cache"
"""The browser keeps the file, and asks each time whether it has changed."""

IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""For files whose name contains a hash of their content."""

_MISSING: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>The server runs, and its API answers. Run this command in the project's folder, then reload this page:</p>
<pre>{command}</pre>
</body>
</html>
"""


def file_answer(
    file: BuiltFile,
    *,
    if_none_match: str | None,
    cache_control: str,
    headers: Mapping[str, str],
    status: int = 200,
) -> Response:
    """Return a file, or status 304 if ``if_none_match`` has its entity tag."""
    sent = {**headers, "Cache-Control": cache_control, "ETag": file.tag}
    if file.has_twins:
        sent["Vary"] = "Accept-Encoding"
    if status == 200 and _matches(if_none_match, file.tag):
        return Response(status_code=304, headers=sent)
    if file.encoding is not None:
        sent["Content-Encoding"] = file.encoding
    return _FileAnswer(file.path, status, headers=sent, media_type=file.content_type, stat_result=file.stat)


class _FileAnswer(FileResponse):
    """A file that ignores a ``Range`` header that it cannot read: RFC 9110, section 14.2."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._reads_range(Headers(scope=scope).get("range")):
            headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
            scope = {**scope, "headers": headers}
        await super().__call__(scope, receive, send)

    def _reads_range(self, header: str | None) -> bool:
        try:
            return parse_range(header, int(self.headers["content-length"])) is not None
        except RangeNotSatisfiable:
            return True


def missing_build(title: str, command: str) -> Response:
    """Return the page that says which command makes a missing build."""
    content = _MISSING.format(title=escape(title), command=escape(command))
    headers = {**page_headers(), "Cache-Control": "no-store"}
    return HTMLResponse(content, 503, headers=headers)


def _matches(if_none_match: str | None, tag: str) -> bool:
    """Compare entity tags weakly: RFC 9110, section 13.1.2."""
    listed = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return tag in listed or listed == ["*"]
