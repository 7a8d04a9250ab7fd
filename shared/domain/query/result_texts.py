"""Searchable texts of a result beside the fields of its prompt: transcript, on-screen text and tags.

Their names cannot be those of a schema's fields, so that people may call a field ``on_screen_text``.

The transcript is embedded in passages of a few sentences. A sentence embedder reads a few hundred tokens
at most, and a short passage matches a short query better than a long one.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from shared.domain.evidence import FrameEvidence

TRANSCRIPTION: Final = "transcription"
METADATA_TEXT: Final = "metadata_text"
ON_SCREEN_TEXT: Final = "[on_screen_text]"
VISUAL_TAGS: Final = "[visual_tags]"
SYSTEM_FIELDS: Final = frozenset({TRANSCRIPTION, METADATA_TEXT, ON_SCREEN_TEXT, VISUAL_TAGS})
"""Fields that the server adds to those of a schema. No schema can define them: the first two names are
reserved, and property names contain no brackets."""

SEGMENT_TIMES: Final = "[segment_times]"
"""The times of a segment, beside its fields, in the input of a media-wide extraction."""

FORMER_NAMES: Final = {"on_screen_text": ON_SCREEN_TEXT, "visual_tags": VISUAL_TAGS}
"""Names of system fields that stored prompts may contain. A schema may define fields with these names."""

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


def disabled_fields(listed: Iterable[str], defined: Collection[str]) -> frozenset[str]:
    """Return the paths that are not embedded, from the paths that a prompt lists.

    A former name of a system field means that field, unless the schema defines a property with the name.
    ``defined`` are the properties at the root of the schema.
    """
    return frozenset(path if path in defined else FORMER_NAMES.get(path, path) for path in listed)


def _confident_lines(frame: FrameEvidence) -> list[str]:
    return [
        line.text.strip()
        for line in frame.text_lines
        if line.confidence >= MIN_LINE_CONFIDENCE and line.text.strip()
    ]


def _comparable(text: str) -> str:
    """Return ``text`` without differences of case and whitespace."""
    return " ".join(text.casefold().split())
