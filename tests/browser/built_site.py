"""The built documentation site as files: its pages, their links and anchors."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

DIST: Final = Path(__file__).parents[2] / "docs" / "site" / "dist"
BASE: Final = "/docs/"
_LINKS: Final = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "src"}


@dataclass
class BuiltPage(HTMLParser):
    """A page of the site. ``address`` is its path on the server, ``links`` are those of the whole page."""

    address: str
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    inline_scripts: int = 0
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := values.get(name))}
        if target := values.get(_LINKS.get(tag, "")):
            self.links.append(target)
        is_data = "json" in (values.get("type") or "")
        self.inline_scripts += tag == "script" and "src" not in values and not is_data

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def read_pages() -> dict[str, BuiltPage]:
    """Read every page, by its path on the server. Raises: AssertionError: the site is not built."""
    assert (DIST / "index.html").is_file(), "The documentation is not built: make docs"
    return dict(_pages())


def _pages() -> Iterator[tuple[str, BuiltPage]]:
    for path in DIST.rglob("*.html"):
        address = BASE + path.relative_to(DIST).as_posix().removesuffix("index.html")
        page = BuiltPage(address)
        page.feed(path.read_text(encoding="utf-8"))
        yield address, page


def dead_links(pages: dict[str, BuiltPage]) -> list[str]:
    """Return each link to a page, file or anchor that does not exist, as ``page -> link``."""
    return sorted(
        f"{page.address} -> {link}"
        for page in pages.values()
        for link in page.links
        if _is_dead(page, link, pages)
    )


def _is_dead(page: BuiltPage, link: str, pages: dict[str, BuiltPage]) -> bool:
    target = urlsplit(urljoin(page.address, link))
    if target.scheme or target.netloc:
        return False
    if not target.path.startswith(BASE):
        return True
    if found := pages.get(target.path):
        return bool(target.fragment) and unquote(target.fragment) not in found.anchors
    return not (DIST / unquote(target.path.removeprefix(BASE))).is_file()


def outside_files(pages: dict[str, BuiltPage]) -> list[str]:
    """Return what pages load from other hosts. Links of the text may lead anywhere."""
    loaded = (".js", ".css", ".webp", ".png", ".svg", ".woff2")
    return sorted(
        {
            f"{page.address} -> {link}"
            for page in pages.values()
            for link in page.links
            if urlsplit(link).netloc and urlsplit(link).path.endswith(loaded)
        }
    )
