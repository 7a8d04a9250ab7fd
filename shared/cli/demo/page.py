"""A self-contained HTML page with a picture for every segment and every hit."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import httpx

from shared.cli.demo.page_style import STYLE


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one search. ``expected`` describes whether they meet the expectation; it may be empty."""

    query: str
    hits: Sequence[Any]
    expected: str = ""
    met: bool = True


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


def render(title: str, facts: Sequence[str], answers: Sequence[Answer], segments: Sequence[Any]) -> str:
    """Render the page. ``answers`` contain search results, ``segments`` the run's segments."""
    pictures = Pictures()
    searches = "".join(_answer(answer, pictures) for answer in answers)
    cards = "".join(_segment(ordinal, segment, pictures) for ordinal, segment in enumerate(segments, start=1))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>'
        f"<header><h1>{escape(title)}</h1><p>{' · '.join(map(escape, facts))}</p></header>"
        f'<main><h2>Searches</h2>{searches}<h2>Segments</h2><div class="cards">{cards}</div></main></html>'
    )


def clock(seconds: float | None) -> str:
    """Format seconds, for example ``75.2`` as ``1:15.2``."""
    if seconds is None:
        return ""
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"


def _answer(answer: Answer, pictures: Pictures) -> str:
    verdict = ""
    if answer.expected:
        kind = "met" if answer.met else "missed"
        verdict = f'<span class="{kind}">{escape(answer.expected)}</span>'
    hits = "".join(_hit(rank, hit, pictures) for rank, hit in enumerate(answer.hits, start=1))
    return f'<section><h3>“{escape(answer.query)}” {verdict}</h3><div class="hits">{hits}</div></section>'


def _hit(rank: int, hit: Any, pictures: Pictures) -> str:
    matches = "".join(
        f"<li><b>{escape(match.field_path)}</b> {escape(match.value_preview[:140])}</li>"
        for match in (hit.matched_field_instances or [])[:3]
    )
    score = f"{hit.similarity_score:.2f}" if hit.similarity_score is not None else "words"
    times = f"#{rank} {clock(hit.start_time)}–{clock(hit.end_time)}"
    return (
        f"<figure>{_image(hit.gif_uri or hit.thumbnail_uri, pictures)}<figcaption>"
        f'<p class="time">{times} <span>{score}</span></p><ul>{matches}</ul></figcaption></figure>'
    )


def _segment(ordinal: int, segment: Any, pictures: Pictures) -> str:
    metadata = dict(segment.metadata or {})
    speech = metadata.pop("transcription", "")
    quote = f"<blockquote>{escape(speech)}</blockquote>" if speech else ""
    fields = escape(json.dumps(metadata, indent=1, ensure_ascii=False))
    return (
        f'<article>{_image(segment.thumbnail_uri, pictures)}<p class="time">{ordinal}. '
        f"{clock(segment.start_time)}–{clock(segment.end_time)}</p>{quote}<pre>{fields}</pre></article>"
    )


def _image(link: str | None, pictures: Pictures) -> str:
    source = pictures.data_uri(link)
    return f'<img src="{source}" alt="" loading="lazy">' if source else '<div class="silent">no picture</div>'
