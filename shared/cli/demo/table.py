"""The demo's table of searches in the terminal."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from rich.markup import escape
from rich.table import Column, Table

from shared.cli.demo.distinct_texts import distinct
from shared.cli.demo.page import Answer, score, span

_QUERY_CHARACTERS: Final = 20
_OTHER_CHARACTERS: Final = 33
"""Segment, score and the frame, for media up to 99 minutes."""
_LEAST_TEXT_CHARACTERS: Final = 20
_TEXT_LINES: Final = 2


def search_table(answers: Sequence[Answer], width: int) -> Table:
    """Return a table with one row for each hit, for a terminal of ``width`` characters.

    The query and its check stand beside the first hits.
    """
    room = _TEXT_LINES * max(width - _QUERY_CHARACTERS - _OTHER_CHARACTERS, _LEAST_TEXT_CHARACTERS)
    table = Table(
        Column("query", max_width=_QUERY_CHARACTERS),
        "segment",
        Column("score", justify="right"),
        "matched text",
    )
    for answer in answers:
        for heading, hit in zip_longest(_heading(answer), answer.hits):
            table.add_row(heading or "", *(_cells(hit, room) if hit else ("", "", "")))
        table.add_section()
    return table


def _heading(answer: Answer) -> list[str]:
    lines = [escape(answer.query)]
    if not answer.hits:
        lines.append("nothing found")
    if answer.expected:
        lines.append(f"[{'red' if answer.missed else 'green'}]{escape(answer.expected)}")
    return lines


def _cells(hit: Any, room: int) -> tuple[str, str, str]:
    """Return time span, score and the first matched text with the name of its field."""
    texts = distinct((match.field_path, match.value_preview) for match in hit.matched_field_instances or [])
    name, text = texts[0] if texts else ("", "")
    line = f"{name.replace('[]', '')}: {' '.join(text.split())}" if name else ""
    return span(hit), score(hit), escape(line if len(line) <= room else f"{line[: room - 1].rstrip()}…")
