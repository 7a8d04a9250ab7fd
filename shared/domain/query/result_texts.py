"""Searchable texts of a result beside the fields of its prompt: transcript, on-screen text and tags.

The transcript is embedded in passages of a few sentences. A sentence embedder reads a few hundred tokens
at most, and a short passage matches a short query better than a long one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from shared.domain.evidence import FrameEvidence
from shared.domain.schema.system_fields import ON_SCREEN_TEXT, TRANSCRIPTION, VISUAL_TAGS

PASSAGE_WORDS: Final = 45
MIN_LINE_CONFIDENCE: Final = 0.6

_SENTENCE_END = re.compile(r"(?<=[.!?\u2026\u3002\uff01\uff1f])\s+")


def transcript_passages(transcript: str, words: int = PASSAGE_WORDS) -> list[str]:
    """Split ``transcript`` into passages of whole sentences with at most ``words`` words each.

    A longer sentence is cut after ``words`` words.
    """
    passages: list[str] = []
    current: list[str] = []
    for sentence in _SENTENCE_END.split(transcript.strip()):
        tokens = sentence.split()
        if current and len(current) + len(tokens) > words:
            passages.append(" ".join(current))
            current = []
        current += tokens
        while len(current) > words:
            passages.append(" ".join(current[:words]))
            current = current[words:]
    if current:
        passages.append(" ".join(current))
    return passages


def on_screen_lines(frames: Iterable[FrameEvidence]) -> list[str]:
    """Return the distinct lines of text in order of appearance, without lines of low confidence."""
    lines: dict[str, str] = {}
    for frame in frames:
        for line in _confident_lines(frame):
            lines.setdefault(_comparable(line), line)
    return list(lines.values())


def on_screen_passages(frames: Iterable[FrameEvidence]) -> list[str]:
    """Return the distinct lines, then the whole text of each frame with several lines."""
    all_frames = list(frames)
    passages = {_comparable(line): line for line in on_screen_lines(all_frames)}
    for frame in all_frames:
        whole = " ".join(_confident_lines(frame))
        if whole:
            passages.setdefault(_comparable(whole), whole)
    return list(passages.values())


def compose_metadata_text(
    fields: Iterable[tuple[str, str]],
    *,
    transcript: str = "",
    lines: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> str:
    """Compose one line for each field (``title: ...``), then transcript, on-screen text and tags.

    ``fields`` are (instance path, text) pairs.
    """
    parts = [f"{path}: {text}" for path, text in fields if text.strip()]
    if transcript:
        parts.append(f"{TRANSCRIPTION}: {transcript}")
    if lines:
        parts.append(f"{ON_SCREEN_TEXT}: {' | '.join(lines)}")
    if tags:
        parts.append(f"{VISUAL_TAGS}: {', '.join(tags)}")
    return "\n".join(parts)


def text_content(transcript: str, lines: Sequence[str]) -> str:
    """Compose the text that a list of hits shows: the transcript and the on-screen text."""
    return "\n".join(part for part in (transcript, " | ".join(lines)) if part)


def _confident_lines(frame: FrameEvidence) -> list[str]:
    return [
        line.text.strip()
        for line in frame.text_lines
        if line.confidence >= MIN_LINE_CONFIDENCE and line.text.strip()
    ]


def _comparable(text: str) -> str:
    """Return ``text`` without differences of case and whitespace."""
    return " ".join(text.casefold().split())
