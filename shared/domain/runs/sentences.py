"""Stretches of speech that should not be cut, and the pauses between them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from shared.domain.evidence import SpeechSpan, Utterance, Word

Span = tuple[float, float]

BREATH: Final = 0.6
"""Seconds of silence between two words that end a sentence even without a full stop."""

_FULL_STOPS: Final = (".", "?", "!", "…", "。", "？", "！")  # noqa: RUF001 (full-width stops of CJK scripts)


def sentences_of(speech: Sequence[Utterance] | Sequence[SpeechSpan]) -> list[Span]:
    """Sentences by time. A sentence ends at a full stop or at a pause between words; speech whose
    words are not known is one sentence a span. Overlapping ones are joined."""
    spans: list[Span] = []
    for item in speech:
        if isinstance(item, Utterance) and item.words:
            spans += _by_words(item.words)
        elif item.end > item.start:
            spans.append((item.start, item.end))
    return list(_joined(sorted(spans)))


def pauses_between(sentences: Sequence[Span], duration: float) -> list[Span]:
    """The gaps in [0, ``duration``] where nobody speaks, the one before the first and the one
    after the last included. Sentences are in order and do not overlap."""
    edges = [0.0]
    for start, end in sentences:
        edges += [min(start, duration), min(end, duration)]
    edges.append(duration)
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def _by_words(words: Sequence[Word]) -> Iterator[Span]:
    start = words[0].start
    for word, following in pairwise(words):
        if word.text.rstrip().endswith(_FULL_STOPS) or following.start - word.end >= BREATH:
            yield start, word.end
            start = following.start
    yield start, words[-1].end


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    current: Span | None = None
    for start, end in spans:
        if current is None:
            current = (start, end)
        elif start < current[1]:
            current = (current[0], max(current[1], end))
        else:
            yield current
            current = (start, end)
    if current is not None:
        yield current
