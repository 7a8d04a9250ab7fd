"""Spans of spoken sentences, and of the pauses between them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from shared.domain.evidence import SpeechSpan, Utterance, Word

Span = tuple[float, float]

SENTENCE_PAUSE: Final = 0.6
"""A pause of this many seconds between two words ends a sentence even without a full stop."""

_FULL_STOPS: Final = (".", "?", "!", "…", "。", "？", "！")  # noqa: RUF001 - full-width stops of CJK scripts


def sentences_of(speech: Sequence[Utterance] | Sequence[SpeechSpan]) -> list[Span]:
    """Return the spans of sentences in order of time, without overlaps.

    A sentence ends at a full stop or at a pause between words. A span of speech without words is one
    sentence. Overlapping sentences are merged.
    """
    spans: list[Span] = []
    for item in speech:
        if isinstance(item, Utterance) and item.words:
            spans += _sentences_of_words(item.words)
        elif item.end > item.start:
            spans.append((item.start, item.end))
    return list(_merged(sorted(spans)))


def pauses_between(sentences: Sequence[Span], duration: float) -> list[Span]:
    """Return the gaps between sentences in [0, ``duration``], including those at the start and the end.

    The sentences must be in order and must not overlap.
    """
    edges = [0.0]
    for start, end in sentences:
        edges += [min(start, duration), min(end, duration)]
    edges.append(duration)
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def _sentences_of_words(words: Sequence[Word]) -> Iterator[Span]:
    start = words[0].start
    for word, following in pairwise(words):
        if word.text.rstrip().endswith(_FULL_STOPS) or following.start - word.end >= SENTENCE_PAUSE:
            yield start, word.end
            start = following.start
    yield start, words[-1].end


def _merged(spans: Sequence[Span]) -> Iterator[Span]:
    """Merge overlapping spans. The spans must be sorted."""
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
