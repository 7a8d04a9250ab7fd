"""The texts of a result that are searched beside the fields of its prompt.

``transcription`` is embedded in stretches of a few sentences: a sentence embedder reads a few
hundred tokens at most, and a short passage matches a short question better than a long one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from shared.domain.evidence import FrameEvidence

TRANSCRIPTION: Final = "transcription"
ON_SCREEN_TEXT: Final = "on_screen_text"
VISUAL_TAGS: Final = "visual_tags"
METADATA_TEXT: Final = "metadata_text"

PASSAGE_WORDS: Final = 45
MIN_LINE_CONFIDENCE: Final = 0.6

_SENTENCE_END = re.compile(r"(?<=[.!?\u2026\u3002\uff01\uff1f])\s+")


def transcript_passages(transcript: str, words: int = PASSAGE_WORDS) -> list[str]:
    """``transcript`` in stretches of whole sentences, each of at most ``words`` words.

    A sentence that is longer is cut at ``words``.
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
    """Distinct lines of text in order of appearance, less what the reader was not sure of."""
    lines: dict[str, str] = {}
    for frame in frames:
        for line in _sure_lines(frame):
            lines.setdefault(_folded(line), line)
    return list(lines.values())


def on_screen_passages(frames: Iterable[FrameEvidence]) -> list[str]:
    """Distinct lines, then the whole text of each distinct picture that holds several lines."""
    seen = list(frames)
    passages = {_folded(line): line for line in on_screen_lines(seen)}
    for frame in seen:
        whole = " ".join(_sure_lines(frame))
        if whole:
            passages.setdefault(_folded(whole), whole)
    return list(passages.values())


def compose_metadata_text(
    fields: Iterable[tuple[str, str]],
    *,
    transcript: str = "",
    lines: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> str:
    """One line a field (``title: ...``), then what was said, read and seen.

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
    """What was said and what could be read, for people to skim in a list of hits."""
    return "\n".join(part for part in (transcript, " | ".join(lines)) if part)


def _sure_lines(frame: FrameEvidence) -> list[str]:
    return [
        line.text.strip()
        for line in frame.text_lines
        if line.confidence >= MIN_LINE_CONFIDENCE and line.text.strip()
    ]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
