"""Grouping of words into utterances: speech without a long pause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.domain.evidence import Utterance, Word

_MAX_PAUSE = 0.8
_SENTENCE_PAUSE = 0.25
"""Seconds of silence after a sentence end that end an utterance."""
_MAX_SECONDS = 15.0
"""Seconds after which the next sentence end, with any pause, ends an utterance."""
_SENTENCE_END = (".", "!", "?", "…", "\u3002", "\uff01", "\uff1f")
"""The last three are the full-width marks of Chinese and Japanese."""


def group_utterances(words: Iterable[Word]) -> list[Utterance]:
    """Group words into utterances.

    ``words`` carry their own leading blanks, as Whisper returns them, so scripts without blanks are joined
    correctly.
    """
    grouped: list[Utterance] = []
    group: list[Word] = []
    for word in _merge_fragments(words):
        if group and _ends_utterance(group, word):
            grouped.append(_utterance(group))
            group = []
        group.append(word)
    if group:
        grouped.append(_utterance(group))
    return grouped


def _merge_fragments(words: Iterable[Word]) -> list[Word]:
    """Join words that the tokenizer split at a hyphen or an apostrophe: "ill", "-disposed"."""
    whole: list[Word] = []
    for word in words:
        if whole and word.text.startswith(("-", "'", "’")):
            previous = whole[-1]
            confidence = min(previous.confidence, word.confidence)
            text = previous.text + word.text
            whole[-1] = Word(text=text, start=previous.start, end=word.end, confidence=confidence)
        else:
            whole.append(word)
    return whole


def _ends_utterance(group: Sequence[Word], following: Word) -> bool:
    pause = following.start - group[-1].end
    if pause >= _MAX_PAUSE:
        return True
    sentence_ended = group[-1].text.rstrip().endswith(_SENTENCE_END)
    is_long = group[-1].end - group[0].start >= _MAX_SECONDS
    return sentence_ended and (is_long or pause >= _SENTENCE_PAUSE)


def _utterance(group: Sequence[Word]) -> Utterance:
    return Utterance(
        text="".join(word.text for word in group).strip(),
        start=group[0].start,
        end=group[-1].end,
        words=tuple(word.model_copy(update={"text": word.text.strip()}) for word in group),
    )
