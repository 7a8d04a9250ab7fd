"""The pages of ``docs/`` as HTML."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it.token import Token

FOLDER: Final = Path(__file__).parents[3] / "docs"
START: Final = "README"
"""Name of the page that lists the others."""


@cache
def names() -> frozenset[str]:
    """Return the name of every page: its path below ``docs`` without ``.md``, such as ``adr/0012-stacks``."""
    return frozenset(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.md"))


@cache
def as_html(name: str, openapi_url: str) -> tuple[str, str]:
    """Return the title and the HTML of a page.

    Links to other pages lead to ``/docs``, and links to the OpenAPI file to ``openapi_url``. Links to other
    files of the repository become plain text, because the server does not serve those. HTML in a page is
    shown as text.

    Raises:
        KeyError: there is no page ``name``.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 - Lambda functions have neither the pages nor the package

    if name not in names():
        raise KeyError(name)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    title = _name_headings(tokens) or name
    for token in tokens:
        token.children = list(_relink(token.children, posixpath.dirname(name), openapi_url))
    return title, str(markdown.renderer.render(tokens, markdown.options, {}))


def _name_headings(tokens: "Sequence[Token]") -> str:
    """Give each heading the anchor that GitHub gives it; return the text of the first heading."""
    title = ""
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            title = title or content.content
            opening.attrSet("id", re.sub(r"[^\w -]", "", content.content.lower()).replace(" ", "-"))
    return title


def _relink(children: "Sequence[Token] | None", folder: str, openapi_url: str) -> "Iterator[Token]":
    is_link = True
    for token in children or ():
        if token.type == "link_open":
            target = _target(str(token.attrGet("href")), folder, openapi_url)
            is_link = target is not None
            token.attrSet("href", target or "")
        if is_link or token.type not in ("link_open", "link_close"):
            yield token


def _target(link: str, folder: str, openapi_url: str) -> str | None:
    """Return the address that a link of a page leads to, or None if the server does not serve its target."""
    if link.startswith(("https://", "http://", "#")):
        return link
    path, separator, anchor = link.partition("#")
    named = posixpath.normpath(posixpath.join(folder, path))
    if named == "openapi.json":
        return openapi_url
    name = named.removesuffix(".md")
    if not named.endswith(".md") or name not in names():
        return None
    return ("/docs" if name == START else f"/docs/{name}") + separator + anchor
