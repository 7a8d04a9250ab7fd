"""The demo's table in the terminal: one row for each hit, and untrusted text as text."""

import io
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from shared.cli.demo.page import Answer
from shared.cli.demo.table import search_table


def hit(start: float, score: float | None, *matches: tuple[str, str]) -> Any:
    return SimpleNamespace(
        start_time=start,
        end_time=start + 1,
        similarity_score=score,
        matched_field_instances=[
            SimpleNamespace(field_path=path, value_preview=preview) for path, preview in matches
        ],
    )


def printed(*answers: Answer, width: int = 80) -> list[str]:
    written = io.StringIO()
    Console(file=written, width=width).print(search_table(answers, width))
    return written.getvalue().splitlines()


def row(lines: list[str], text: str) -> str:
    (found,) = (line for line in lines if text in line)
    return found


def test_each_hit_has_row_with_its_score_and_text() -> None:
    hits = [hit(0, 0.951, ("objects[]", "cat")), hit(5, None, ("summary", "a\ndog")), hit(9, 0.1)]
    lines = printed(Answer("a cat", hits, "found first", met_by=0))
    first = row(lines, "0:00.0–0:01.0")
    assert "a cat" in first
    assert "0.95" in first
    assert "objects: cat" in first
    second = row(lines, "0:05.0–0:06.0")
    assert "found first" in second
    assert "words" in second
    assert "summary: a dog" in second
    assert "0.10" in row(lines, "0:09.0–0:10.0")


def test_long_text_is_cut_to_width_of_terminal() -> None:
    lines = printed(Answer("q", [hit(0, 0.5, ("summary", "word " * 50))]))
    assert row(lines, "…")
    assert all(len(line) <= 80 for line in lines)
    assert sum("word" in line for line in lines) <= 3


def test_search_without_hits_or_check_says_nothing_found() -> None:
    lines = printed(Answer("a unicorn", []))
    assert row(lines, "a unicorn")
    assert row(lines, "nothing found")
    assert not any("found first" in line for line in lines)


def test_markup_in_texts_is_shown_as_text() -> None:
    lines = printed(Answer("[red]q", [hit(0, 0.5, ("[visual_tags]", "[bold]cat"))]))
    assert row(lines, "[red]q")
    assert row(lines, "[visual_tags]: [bold]cat")
