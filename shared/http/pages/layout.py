"""The frame of every page: head, style sheet and security headers."""

import base64
import hashlib
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem 1.2rem 3rem;max-width:60rem;font:16px/1.55 system-ui,sans-serif;
overflow-wrap:anywhere}
nav{border-bottom:1px solid var(--line);padding-bottom:.6rem}nav a{margin-right:1rem}
pre,code{font:.9em/1.45 ui-monospace,monospace}
pre{overflow-x:auto;padding:.7rem .9rem;border:1px solid var(--line);border-radius:6px}
table{display:block;overflow-x:auto;border-collapse:collapse}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;
overflow-wrap:break-word}
"""

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A page loads nothing, runs no script and cannot be framed."""

_HTML: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<nav><a href="/">Server</a><a href="/docs">Documentation</a><a href="/docs/guide">Guide</a></nav>
<main>
{body}
</main>
</body>
</html>
"""


def page(title: str, body: str) -> HTMLResponse:
    """Return a page. ``title`` is text, ``body`` is HTML."""
    return HTMLResponse(_HTML.format(title=escape(title), style=_STYLE, body=body), headers=_HEADERS)
