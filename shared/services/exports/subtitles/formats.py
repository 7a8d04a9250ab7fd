"""Subtitle files: SubRip, WebVTT, plain text.

SubRip: one format by convention, which has no escapes. WebVTT: https://www.w3.org/TR/webvtt1/.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.domain.editing.cues import Cue

_WITHOUT_TAGS: Final = str.maketrans({"<": "\u2039", ">": "\u203a", "{": "(", "}": ")"})
"""Players take ``<...>`` and ``{...}`` in SubRip for tags, and SubRip has no way to escape them."""

_VTT_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def subrip(cues: Sequence[Cue]) -> str:
    """Write SubRip. Angle and curly brackets become similar characters."""
    return "".join(
        f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n"
        + "\n".join(line.translate(_WITHOUT_TAGS) for line in cue.lines)
        + "\n\n"
        for number, cue in enumerate(cues, 1)
    )


def webvtt(cues: Sequence[Cue], *, language: str | None, with_words: bool) -> str:
    """Write WebVTT. ``with_words`` puts the start of each word before it as a timestamp tag."""
    note = f"NOTE language: {language}\n\n" if language else ""
    blocks = (
        f"{number}\n{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{_payload(cue, with_words)}\n\n"
        for number, cue in enumerate(cues, 1)
    )
    return f"WEBVTT\n\n{note}{''.join(blocks)}"


def plain_text(cues: Sequence[Cue]) -> str:
    """Write the text alone, a line for each cue."""
    return "".join(f"{cue.text}\n" for cue in cues)


def _payload(cue: Cue, with_words: bool) -> str:
    if not with_words:
        return "\n".join(line.translate(_VTT_ESCAPES) for line in cue.lines)
    texts = iter(_timed_words(cue))
    return "\n".join(" ".join(next(texts) for _ in line.split()) for line in cue.lines)


def _timed_words(cue: Cue) -> Iterator[str]:
    """Yield each word after its time. A timestamp tag lies inside its cue, and after the tag before it."""
    last, end = _milliseconds(cue.start), _milliseconds(cue.end)
    for word in cue.words:
        text, start = word.text.translate(_VTT_ESCAPES), _milliseconds(word.start)
        if last < start < end:
            last = start
            yield f"<{_time(word.start, '.')}>{text}"
        else:
            yield text


def _time(seconds: float, point: str) -> str:
    whole, milliseconds = divmod(_milliseconds(seconds), 1000)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}{point}{milliseconds:03d}"


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
