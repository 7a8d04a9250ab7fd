"""Groups words into utterances: what somebody says without a long pause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.domain.evidence import Utterance, Word

_LONG_PAUSE = 0.8
_SENTENCE_PAUSE = 0.25
"""Seconds of silence after a full stop that end an utterance."""
_LONGEST = 15.0
"""Seconds after which the next end of a sentence, whatever its pause, ends an utterance."""
_SENTENCE_END = (".", "!", "?", "…", "\u3002", "\uff01", "\uff1f")
"""The last three are the full-width marks of Chinese and Japanese."""


def utterances(words: Iterable[Word]) -> list[Utterance]:
    """``words`` carry their own blanks, as Whisper gives them: scripts without blanks stay whole."""
    grouped: list[Utterance] = []
    group: list[Word] = []
    for word in _whole(words):
        if group and _ends(group, word):
            grouped.append(_utterance(group))
            group = []
        group.append(word)
    if group:
        grouped.append(_utterance(group))
    return grouped


def _whole(words: Iterable[Word]) -> list[Word]:
    """Joins what was cut at a hyphen or an apostrophe: "ill", "-disposed"."""
    whole: list[Word] = []
    for word in words:
        if whole and word.text.startswith(("-", "'", "’")):
            before = whole[-1]
            confidence = min(before.confidence, word.confidence)
            text = before.text + word.text
            whole[-1] = Word(text=text, start=before.start, end=word.end, confidence=confidence)
        else:
            whole.append(word)
    return whole


def _ends(group: Sequence[Word], following: Word) -> bool:
    pause = following.start - group[-1].end
    if pause >= _LONG_PAUSE:
        return True
    sentence_ended = group[-1].text.rstrip().endswith(_SENTENCE_END)
    is_long = group[-1].end - group[0].start >= _LONGEST
    return sentence_ended and (is_long or pause >= _SENTENCE_PAUSE)


def _utterance(group: Sequence[Word]) -> Utterance:
    return Utterance(
        text="".join(word.text for word in group).strip(),
        start=group[0].start,
        end=group[-1].end,
        words=tuple(word.model_copy(update={"text": word.text.strip()}) for word in group),
    )
