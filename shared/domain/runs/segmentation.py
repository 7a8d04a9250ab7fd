"""Where a medium is cut: into parts when it comes in, into segments when a prompt runs.

A *recipe* names a rule and its version, such as ``smart:1`` or ``fixed:10``. It is part of every
segment's id, so a rule that changes gets a new number and makes new segments.

Rules of version 1, in seconds:

``fixed:n``
    Pieces of n; the last is what remains, joined to the one before when it is shorter than 0.5.
``content_aware:1`` on video
    One segment a shot. Shots shorter than 1 (flashes) join a neighbour; shots longer than 60 are
    split evenly.
``smart:1`` on video
    Shot cuts, but not through a spoken sentence: a cut deeper than 0.75 inside one moves to the
    sentence's nearest end when that is within 1.5, and is dropped otherwise. Segments shorter than
    3 join a neighbour; segments longer than 30 are split between sentences where possible.
``content_aware:1`` on audio
    Cuts lie in pauses: in the middle of those of 1.5 and more; around those of 5 and more, so that
    silence is a segment of its own. Segments are 5 to 60 long; longer speech is cut at its longest
    pauses, or evenly when it has none.
``image:1``
    One segment, from 0 to 0.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, assert_never

from shared.domain.evidence import Shot, SpeechSpan, Utterance
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import RunOptions, SegmentationType
from shared.domain.runs.sentences import pauses_between, sentences_of

Span = tuple[float, float]
Speech = Sequence[Utterance] | Sequence[SpeechSpan]

DEFAULT_FIXED_SECONDS: Final = 10
FIXED_SHORTEST: Final = 0.5
SHOT_SHORTEST: Final = 1.0
SHOT_LONGEST: Final = 60.0
SMART_SHORTEST: Final = 3.0
SMART_LONGEST: Final = 30.0
SENTENCE_MARGIN: Final = 0.75
SENTENCE_REACH: Final = 1.5
PAUSE: Final = 1.5
SILENCE: Final = 5.0
AUDIO_SHORTEST: Final = 5.0
AUDIO_LONGEST: Final = 60.0


def recipe(media_type: MediaType, options: RunOptions) -> str:
    """The rule by which a run with ``options`` cuts media of this type."""
    match media_type:
        case MediaType.IMAGE:
            return "image:1"
        case MediaType.AUDIO:
            return _audio_recipe(options)
        case MediaType.VIDEO:
            return _video_recipe(options)
        case _:
            assert_never(media_type)


def _audio_recipe(options: RunOptions) -> str:
    match options.audio_segmentation_type:
        case SegmentationType.FIXED:
            return f"fixed:{options.audio_segment_duration or DEFAULT_FIXED_SECONDS}"
        case SegmentationType.SMART | SegmentationType.CONTENT_AWARE:
            return "content_aware:1"
        case other:
            assert_never(other)


def _video_recipe(options: RunOptions) -> str:
    match options.video_segmentation_type:
        case SegmentationType.FIXED:
            return f"fixed:{options.video_segment_duration or DEFAULT_FIXED_SECONDS}"
        case SegmentationType.SMART:
            return "smart:1"
        case SegmentationType.CONTENT_AWARE:
            return "content_aware:1"
        case other:
            assert_never(other)


def plan_parts(duration: float, max_part_seconds: float) -> list[Span]:
    """The fewest parts of equal length that are at most ``max_part_seconds`` long."""
    return _evenly(0.0, duration, max(1, math.ceil(duration / max_part_seconds)))


def segment_spans(
    recipe: str,
    *,
    media_type: MediaType,
    duration: float,
    shots: Sequence[Shot] = (),
    utterances: Speech = (),
) -> list[Span]:
    """Spans that tile [0, ``duration``], in order, without gaps or overlaps.

    Raises:
        ValueError: the recipe is not one of ours.
    """
    rule, _, argument = recipe.partition(":")
    if rule == "image" or duration <= 0:
        return [(0.0, max(0.0, duration))]
    if rule == "fixed":
        return _fixed(duration, float(argument))
    if rule not in ("smart", "content_aware"):
        raise ValueError(f"no such segmentation recipe: {recipe}")
    if media_type is MediaType.AUDIO:
        cuts = _audio_cuts(duration, utterances)
    elif rule == "smart":
        cuts = _smart_cuts(duration, shots, utterances)
    else:
        cuts = _merge_short(_shot_cuts(duration, shots), SHOT_SHORTEST)
        cuts = _split_long(cuts, SHOT_LONGEST, _middle)
    return list(pairwise(cuts))


def _evenly(start: float, end: float, count: int) -> list[Span]:
    edges = [start + (end - start) * i / count for i in range(count)] + [end]
    return list(pairwise(edges))


def _fixed(duration: float, seconds: float) -> list[Span]:
    if not seconds > 0:
        raise ValueError("a fixed segment has a positive length")
    count = max(1, math.ceil(duration / seconds - 1e-9))
    edges = [i * seconds for i in range(count)]
    if count > 1 and duration - edges[-1] < FIXED_SHORTEST:
        edges.pop()
    edges.append(duration)
    return list(pairwise(edges))


def _shot_cuts(duration: float, shots: Sequence[Shot]) -> list[float]:
    """0, the cuts between shots, ``duration``: rising, without repeats."""
    inner = sorted({shot.start for shot in shots if 0.0 < shot.start < duration})
    return [0.0, *inner, duration]


def _smart_cuts(duration: float, shots: Sequence[Shot], speech: Speech) -> list[float]:
    sentences = sentences_of(speech)
    cuts = [0.0]
    for cut in _shot_cuts(duration, shots)[1:-1]:
        moved = _out_of_sentence(cut, sentences)
        if moved is not None and cuts[-1] < moved < duration:
            cuts.append(moved)
    cuts = _merge_short([*cuts, duration], SMART_SHORTEST)
    pauses = [(a + b) / 2 for a, b in pauses_between(sentences, duration)]
    return _split_long(cuts, SMART_LONGEST, lambda start, end: _nearest_to_middle(start, end, pauses))


def _out_of_sentence(cut: float, sentences: Sequence[Span]) -> float | None:
    """The cut, or the nearby end of the sentence it would break, or None where there is none."""
    for start, end in sentences:
        if start + SENTENCE_MARGIN < cut < end - SENTENCE_MARGIN:
            nearest = min((start, end), key=lambda edge: abs(edge - cut))
            return nearest if abs(nearest - cut) <= SENTENCE_REACH else None
    return cut


def _audio_cuts(duration: float, speech: Speech) -> list[float]:
    pauses = pauses_between(sentences_of(speech), duration)
    cuts = {0.0, duration}
    for start, end in pauses:
        if end - start >= SILENCE:
            cuts |= {start, end}
        elif end - start >= PAUSE and start > 0.0 and end < duration:
            cuts.add((start + end) / 2)
    merged = _merge_short(sorted(cuts), AUDIO_SHORTEST)
    return _split_long(merged, AUDIO_LONGEST, lambda start, end: _longest_pause(start, end, pauses))


def _merge_short(cuts: list[float], shortest: float) -> list[float]:
    """Drop cuts until no piece is shorter than ``shortest``; the shortest goes first, and joins
    the shorter neighbour, so that joined pieces stay small."""
    cuts = list(cuts)
    while len(cuts) > 2:
        lengths = [b - a for a, b in pairwise(cuts)]
        piece = min(range(len(lengths)), key=lengths.__getitem__)
        if lengths[piece] >= shortest:
            break
        before = lengths[piece - 1] if piece > 0 else math.inf
        after = lengths[piece + 1] if piece + 1 < len(lengths) else math.inf
        del cuts[piece if before <= after else piece + 1]
    return cuts


def _split_long(cuts: list[float], longest: float, where: Callable[[float, float], float]) -> list[float]:
    """Split pieces longer than ``longest`` at ``where(start, end)`` until none is left."""
    done = [cuts[0]]
    waiting = list(reversed(cuts[1:]))
    while waiting:
        start, end = done[-1], waiting[-1]
        if end - start > longest + 1e-6:
            waiting.append(where(start, end))
        else:
            done.append(waiting.pop())
    return done


def _middle(start: float, end: float) -> float:
    """Where the first of the fewest even pieces of at most ``SHOT_LONGEST`` ends."""
    return start + (end - start) / math.ceil((end - start) / SHOT_LONGEST)


def _nearest_to_middle(start: float, end: float, pauses: Sequence[float]) -> float:
    """The pause nearest to where an even split would cut; that place itself when none is near."""
    even = start + (end - start) / math.ceil((end - start) / SMART_LONGEST)
    near = [p for p in pauses if abs(p - even) <= SMART_LONGEST / 4 and p - start >= SMART_SHORTEST]
    near = [p for p in near if end - p >= SMART_SHORTEST]
    return min(near, key=lambda p: abs(p - even)) if near else even


def _longest_pause(start: float, end: float, pauses: Sequence[Span]) -> float:
    """The middle of the longest pause that leaves both sides long enough, or an even split."""
    inside = [
        (b - a, (a + b) / 2)
        for a, b in pauses
        if start + AUDIO_SHORTEST <= (a + b) / 2 <= end - AUDIO_SHORTEST and a >= start and b <= end
    ]
    if inside:
        return max(inside)[1]
    return start + (end - start) / math.ceil((end - start) / AUDIO_LONGEST)
