"""The demo's HTML page: searches and segments with pictures, and a player that starts at each of them."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import httpx

from shared.cli.demo.archive import CONSOLE
from shared.cli.demo.distinct_texts import distinct
from shared.cli.demo.page_style import SCRIPT, STYLE

_PREVIEW_CHARACTERS: Final = 140
_NO_PICTURE: Final = '<span class="silent">no picture</span>'
_LEGEND: Final = (
    '<p class="note">The number is the similarity of the query and the segment, from 0 to 1. '
    "Below it are the fields that match. A name in brackets is evidence of the server, not a field of "
    "the prompt: text read on screen, or things recognised in the picture.</p>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one search.

    ``expected`` describes whether the hits meet the expectation; it is empty if nothing is expected.
    ``met_by`` is the rank, from 0, of the hit that meets the expectation.
    """

    query: str
    hits: Sequence[Any]
    expected: str = ""
    met_by: int | None = None

    @property
    def missed(self) -> bool:
        return bool(self.expected) and self.met_by is None


@dataclass(slots=True)
class Content:
    """What the page shows. ``players`` has the address of each file that can be played, by media id.

    ``serve_command`` serves the archive, which the console then shows.
    """

    title: str
    facts: Sequence[str]
    answers: Sequence[Answer]
    segments: Sequence[Any]
    players: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    serve_command: str = ""


class Pictures:
    """Fetches pictures from the links of results as data URIs, once per link."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def data_uri(self, link: str | None) -> str:
        if not link:
            return ""
        if link not in self._kept:
            answer = httpx.get(link, timeout=30)
            answer.raise_for_status()
            kind = answer.headers["content-type"]
            self._kept[link] = f"data:{kind};base64,{base64.b64encode(answer.content).decode()}"
        return self._kept[link]


def render(content: Content) -> str:
    """Render the page. All text is escaped: speech, text on screen and extracted values are untrusted."""
    pictures = Pictures()
    title = escape(content.title)
    searches = "".join(_answer(answer, content.players, pictures) for answer in content.answers)
    warnings = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in content.warnings)
    cards = "".join(
        _segment(ordinal, segment, content.players, pictures)
        for ordinal, segment in enumerate(content.segments, start=1)
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>'
        f"<header><h1>{title}</h1><p>{' · '.join(map(escape, content.facts))}</p>"
        f"{warnings}{_console(content)}</header>"
        f"<main>{_player(content, pictures)}{f'<h2>Searches</h2>{_LEGEND}{searches}' if searches else ''}"
        f'<h2>Segments</h2><div class="cards">{cards}</div></main><script>{SCRIPT}</script></html>'
    )


def _console(content: Content) -> str:
    """Link to the console, which shows the archive while a server runs."""
    if not content.serve_command:
        return ""
    command = escape(content.serve_command)
    return (
        f'<p class="note">To look at the archive in the console, run <code>{command}</code> and open '
        f'<a href="{CONSOLE}">{CONSOLE}</a>. The server prints a link that signs you in.</p>'
    )


def _player(content: Content, pictures: Pictures) -> str:
    if not content.players:
        return ""
    poster = next((segment.thumbnail_uri for segment in content.segments if segment.thumbnail_uri), None)
    first = escape(next(iter(content.players.values())))
    return (
        '<video id="player" controls playsinline preload="metadata" '
        f'poster="{pictures.data_uri(poster)}" src="{first}"></video>'
    )


def clock(seconds: float) -> str:
    """Format seconds, for example ``75.2`` as ``1:15.2``."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def span(shown: Any) -> str:
    """Format the time span of a hit or segment. A picture has none."""
    if shown.start_time is None or shown.end_time <= shown.start_time:
        return ""
    return f"{clock(shown.start_time)}–{clock(shown.end_time)}"


def score(hit: Any) -> str:
    """Format the similarity of a hit. A hit that only words found has none."""
    return "words" if hit.similarity_score is None else f"{hit.similarity_score:.2f}"


def _answer(answer: Answer, players: Mapping[str, str], pictures: Pictures) -> str:
    verdict = ""
    if answer.expected:
        kind = "missed" if answer.missed else "met"
        verdict = f' <span class="{kind}">{escape(answer.expected)}</span>'
    hits = "".join(
        _hit(rank, hit, players, pictures, met=rank == answer.met_by) for rank, hit in enumerate(answer.hits)
    )
    return (
        f"<section><h3>“{escape(answer.query)}”{verdict}</h3>"
        f'<div class="cards">{hits or "<p>Nothing was found.</p>"}</div></section>'
    )


def _hit(rank: int, hit: Any, players: Mapping[str, str], pictures: Pictures, *, met: bool) -> str:
    texts = _texts([(match.field_path, match.value_preview) for match in hit.matched_field_instances or []])
    return _card(
        f"#{rank + 1} {span(hit)} <small>{score(hit)}</small>",
        texts,
        _picture(hit, players, pictures, hit.gif_uri or hit.thumbnail_uri),
        "good" if met else "",
    )


def _segment(ordinal: int, segment: Any, players: Mapping[str, str], pictures: Pictures) -> str:
    fields = [(name, _shown(value)) for name, value in (segment.metadata or {}).items()]
    texts = [(name, text) for name, text in fields if text]
    return _card(
        f"{ordinal}. {span(segment)}", texts, _picture(segment, players, pictures, segment.thumbnail_uri), ""
    )


def _card(head: str, texts: Sequence[tuple[str, str]], picture: str, kind: str) -> str:
    """Return a card. ``head`` and ``picture`` are HTML, ``texts`` are names and values as plain text."""
    terms = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in texts)
    return f'<article class="{kind}">{picture}<div><p class="time">{head}</p><dl>{terms}</dl></div></article>'


def _picture(shown: Any, players: Mapping[str, str], pictures: Pictures, link: str | None) -> str:
    """Return the picture of a hit or segment, as a link that plays its time span."""
    source = pictures.data_uri(link)
    image = f'<img src="{source}" alt="" loading="lazy">' if source else _NO_PICTURE
    player = players.get(shown.video_id)
    if player is None or shown.start_time is None:
        return image
    address = escape(f"{player}#t={shown.start_time},{shown.end_time}")
    return f'<a class="play" href="{address}" aria-label="Play from {clock(shown.start_time)}">{image}</a>'


def _texts(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return one line a field, without the texts that another field shows already."""
    lines: dict[str, list[str]] = {}
    for name, text in distinct(found):
        short = text if len(text) <= _PREVIEW_CHARACTERS else f"{text[:_PREVIEW_CHARACTERS]}…"
        lines.setdefault(name.replace("[]", ""), []).append(short)
    return [(name, ", ".join(texts)) for name, texts in lines.items()]


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None | [] | {}:
            return ""
        case list() if all(isinstance(item, str | int | float) for item in value):
            return ", ".join(map(str, value))
        case str() | int() | float():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
