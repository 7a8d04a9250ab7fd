"""The routes ``/``, ``/docs`` and ``/docs/<page>``. They need no key and show nothing of the archive.

``/docs/`` and the name of a file, such as ``/docs/guide.md``, show the same pages.
"""

from html import escape
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.http.app import API_PREFIX
from shared.http.pages import documentation
from shared.http.pages.layout import page
from shared.runtime import Runtime, base_url

_WELCOME: Final = """<h1>VideoVector Server</h1>
<p>The server is running. The address of its API is:</p>
<pre>{api}</pre>
<p>Send an API key with each request, in the header <code>X-API-Key</code> or as a bearer token. The server
prints the first key when it starts on a new data folder, and later the command that creates another key.</p>
<ul>
<li><a href="/docs/guide">Guide</a>: from the first start to backup, with commands to copy</li>
<li><a href="/docs/connectors">Connectors</a>: import media from S3, Google Cloud Storage or Azure</li>
<li><a href="/docs/webhooks">Webhooks</a> and the <a href="/docs/live-stream">live stream</a>: learn of
<a href="/docs/events">events</a>, such as the end of a run</li>
<li><a href="/docs/routes">Routes</a>: every route, with the scope that its key needs</li>
<li><a href="{openapi}">OpenAPI description</a> of the API (JSON)</li>
<li><a href="/docs">All pages of the documentation</a></li>
<li><a href="/health">Health</a>: whether the server answers, for monitoring</li>
</ul>
"""


def add_pages(app: FastAPI) -> None:
    """Add the pages to ``app``."""

    def welcome(request: Request) -> Response:
        runtime: Runtime = request.app.state.runtime
        api = escape(base_url(runtime.settings) + API_PREFIX)
        return page("VideoVector Server", _WELCOME.format(api=api, openapi=escape(str(app.openapi_url))))

    def documented(request: Request) -> Response:
        try:
            name = request.path_params.get("name", "").removesuffix(".md") or documentation.START
            return page(*documentation.as_html(name, str(app.openapi_url)))
        except KeyError as error:
            raise HTTPException(404) from error

    app.add_route("/", welcome, include_in_schema=False)
    app.add_route("/docs", documented, include_in_schema=False)
    app.add_route("/docs/{name:path}", documented, include_in_schema=False)
