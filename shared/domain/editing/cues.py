"""Subtitle cues: the words of a transcript, cut to what can be read.

The limits are those of common style guides for subtitles (EBU, Netflix): two lines of 42 characters, 7 s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from shared.domain.evidence import Utterance, Word

LINE_CHARACTERS: Final = 42
MAX_LINES: Final = 2
MAX_SECONDS: Final = 7.0
_PAUSE_SECONDS: Final = 1.0
"""A pause between words from which a new cue starts."""

_SENTENCE_ENDS: Final = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f", "\u061f", "\u0964")
_DECIMALS: Final = 3
_TITLES: Final = frozenset(
    {
        "mr.",
        "mrs.",
        "ms.",
        "mx.",
        "dr.",
        "prof.",
        "st.",
        "rev.",
        "hon.",
        "capt.",
        "lt.",
        "col.",
        "gen.",
        "sgt.",
    }
)
"""Words that end with a full stop before a name, not with a sentence."""

_SHORTEST_SECONDS: Final = 0.001
"""Subtitle files have milliseconds. No cue is empty."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Text that is shown from ``start`` to ``end``, in seconds of the medium."""

    start: float
    end: float
    lines: tuple[str, ...]
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a medium, such as a segment, in seconds."""

    start: float
    end: float


def sentence_cues(utterances: Iterable[Utterance]) -> list[Cue]:
    """Return cues of at most two lines of 42 characters and 7 s. They end with sentences and at pauses."""
    cues = [_cue(words) for utterance in utterances for words in _sentences(_words(utterance))]
    return _apart(cues)


def word_cues(utterances: Iterable[Utterance]) -> list[Cue]:
    """Return one cue for each word."""
    return _apart([_cue([word]) for utterance in utterances for word in _words(utterance)])


def span_cues(utterances: Iterable[Utterance], spans: Sequence[Span]) -> list[Cue]:
    """Return one cue for each span in which something is said: the words whose midpoint lies in it, in lines
    of 42 characters. A cue is as long as its span."""
    words = [word for utterance in utterances for word in _words(utterance)]
    found = []
    position = 0
    for span in spans:
        while position < len(words) and _middle(words[position]) < span.start:
            position += 1
        first = position
        while position < len(words) and _middle(words[position]) < span.end:
            position += 1
        said = tuple(words[first:position])
        if said:
            found.append(Cue(span.start, span.end, tuple(_wrapped(said)), said))
    return _apart(found)


def _words(utterance: Utterance) -> list[Word]:
    """Return the words of an utterance, each of at most one line, without blanks around them.

    An utterance whose words have no times gets times in proportion to the characters.
    """
    words = utterance.words or _spread(utterance.text.split(), utterance.start, utterance.end, 1.0)
    return [piece for word in words for piece in _pieces(word)]


def _pieces(word: Word) -> Sequence[Word]:
    """Split a word at blanks inside it, and where it is longer than a line."""
    texts = [
        part[at : at + LINE_CHARACTERS]
        for part in word.text.split()
        for at in range(0, len(part), LINE_CHARACTERS)
    ]
    return _spread(texts, word.start, max(word.start, word.end), word.confidence)


def _spread(texts: Sequence[str], start: float, end: float, confidence: float) -> tuple[Word, ...]:
    total = sum(len(text) for text in texts) or 1
    found, said = [], 0
    for text in texts:
        begin = start + (end - start) * said / total
        said += len(text)
        until = start + (end - start) * said / total
        found.append(Word(text=text, start=begin, end=until, confidence=confidence))
    return tuple(found)


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    current: list[Word] = []
    for word in words:
        if current and _must_break(current, word):
            yield current
            current = []
        current.append(word)
    if current:
        yield current


def _must_break(current: Sequence[Word], word: Word) -> bool:
    return (
        _ends_sentence(current[-1])
        or word.start - current[-1].end >= _PAUSE_SECONDS
        or word.end - current[0].start > MAX_SECONDS
        or len(_wrapped([*current, word])) > MAX_LINES
    )


def _ends_sentence(word: Word) -> bool:
    return word.text.endswith(_SENTENCE_ENDS) and word.text.lower() not in _TITLES


def _wrapped(words: Sequence[Word]) -> list[str]:
    """Return the words in lines of at most 42 characters."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word.text) <= LINE_CHARACTERS:
            lines[-1] += f" {word.text}"
        else:
            lines.append(word.text)
    return lines


def _cue(words: Sequence[Word]) -> Cue:
    end = max(word.end for word in words)
    start = words[0].start
    return Cue(start, min(end, start + MAX_SECONDS), tuple(_wrapped(words)), tuple(words))


def _apart(cues: Sequence[Cue]) -> list[Cue]:
    """Sort cues by time, end each before the next, and let none be empty, in whole milliseconds."""
    ordered = sorted(cues, key=lambda cue: cue.start)
    found: list[Cue] = []
    for cue, following in pairwise([*ordered, None]):
        if cue is None:
            continue
        start = round(max(cue.start, found[-1].end) if found else max(0.0, cue.start), _DECIMALS)
        end = cue.end if following is None else min(cue.end, max(following.start, start))
        end = round(max(end, start + _SHORTEST_SECONDS), _DECIMALS)
        found.append(Cue(start, end, cue.lines, cue.words))
    return found


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
