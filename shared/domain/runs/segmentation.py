"""Segmentation of media: into parts at import, into segments in a prompt run.

A *recipe* names a rule and its version, such as ``smart:1``, or its argument, such as ``fixed:10``. It is
part of every segment id, so a changed rule needs a new version and makes new segments.

Rules of version 1, with all values in seconds:

``fixed:n``
    Segments of n. The last is the remainder; if it is shorter than 0.5, it joins the one before.
``content_aware:1`` on video
    One segment for each shot. Shots shorter than 1, such as flashes, join a neighbour. Shots longer than
    60 are split evenly.
``smart:1`` on video
    Shot cuts that do not break a spoken sentence. A cut more than 0.75 inside a sentence moves to the
    nearest end of the sentence if that is within 1.5, and is dropped otherwise. Segments shorter than 3
    join a neighbour. Segments longer than 30 are split between sentences where possible.
``content_aware:1`` on audio
    Cuts in pauses of speech: one in the middle of a pause of 1.5 or more, and one at each end of a pause
    of 5 or more, so that silence is a segment of its own. Segments are 5 to 60 long. Longer speech is cut
    at its longest pauses, or evenly if it has none.
``image:1``
    One segment, from 0 to 0.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, assert_never

from shared.domain.evidence import Shot, SpeechSpan, Utterance
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import DEFAULT_FIXED_SECONDS, RunOptions, SegmentationType
from shared.domain.runs.sentences import pauses_between, sentences_of

Span = tuple[float, float]
Speech = Sequence[Utterance] | Sequence[SpeechSpan]

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
    """Return the recipe by which a run with ``options`` segments media of this type."""
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
    """Split a medium into the smallest number of equal parts of at most ``max_part_seconds``."""
    return _split_evenly(0.0, duration, max(1, math.ceil(duration / max_part_seconds)))


def segment_spans(
    recipe: str,
    *,
    media_type: MediaType,
    duration: float,
    shots: Sequence[Shot] = (),
    utterances: Speech = (),
) -> list[Span]:
    """Return the spans of the segments: in order, without gaps or overlaps, from 0 to ``duration``.

    Raises:
        ValueError: the recipe is unknown, or its argument is not positive.
    """
    rule, _, argument = recipe.partition(":")
    if rule == "image" or duration <= 0:
        return [(0.0, max(0.0, duration))]
    if rule == "fixed":
        return _fixed(duration, float(argument))
    if rule not in ("smart", "content_aware"):
        raise ValueError(f"unknown segmentation recipe: {recipe}")
    if media_type is MediaType.AUDIO:
        cuts = _audio_cuts(duration, utterances)
    elif rule == "smart":
        cuts = _smart_cuts(duration, shots, utterances)
    else:
        cuts = _merge_short(_shot_cuts(duration, shots), SHOT_SHORTEST)
        cuts = _split_long(cuts, SHOT_LONGEST, _even_cut)
    return list(pairwise(cuts))


def _split_evenly(start: float, end: float, count: int) -> list[Span]:
    edges = [start + (end - start) * i / count for i in range(count)] + [end]
    return list(pairwise(edges))


def _fixed(duration: float, seconds: float) -> list[Span]:
    if not seconds > 0:
        raise ValueError("the length of a fixed segment must be positive")
    count = max(1, math.ceil(duration / seconds - 1e-9))
    edges = [i * seconds for i in range(count)]
    if count > 1 and duration - edges[-1] < FIXED_SHORTEST:
        edges.pop()
    edges.append(duration)
    return list(pairwise(edges))


def _shot_cuts(duration: float, shots: Sequence[Shot]) -> list[float]:
    """Return 0, the distinct cuts between shots in rising order, and ``duration``."""
    inner = sorted({shot.start for shot in shots if 0.0 < shot.start < duration})
    return [0.0, *inner, duration]


def _smart_cuts(duration: float, shots: Sequence[Shot], speech: Speech) -> list[float]:
    sentences = sentences_of(speech)
    cuts = [0.0]
    for cut in _shot_cuts(duration, shots)[1:-1]:
        moved = _moved_out_of_sentence(cut, sentences)
        if moved is not None and cuts[-1] < moved < duration:
            cuts.append(moved)
    cuts = _merge_short([*cuts, duration], SMART_SHORTEST)
    pauses = [(a + b) / 2 for a, b in pauses_between(sentences, duration)]
    return _split_long(cuts, SMART_LONGEST, lambda start, end: _pause_near_even_cut(start, end, pauses))


def _moved_out_of_sentence(cut: float, sentences: Sequence[Span]) -> float | None:
    """Return ``cut``, moved to the nearest end of the sentence that it breaks.

    Return None if that end is further away than ``SENTENCE_REACH``.
    """
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
    """Drop cuts until no piece is shorter than ``shortest``.

    The shortest piece is merged first, with its shorter neighbour, so that merged pieces stay short.
    """
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


def _split_long(
    cuts: list[float], longest: float, choose_cut: Callable[[float, float], float]
) -> list[float]:
    """Split pieces longer than ``longest`` at ``choose_cut(start, end)`` until none is left."""
    done = [cuts[0]]
    pending = list(reversed(cuts[1:]))
    while pending:
        start, end = done[-1], pending[-1]
        if end - start > longest + 1e-6:
            pending.append(choose_cut(start, end))
        else:
            done.append(pending.pop())
    return done


def _even_cut(start: float, end: float) -> float:
    """Return the first cut of an even split into the fewest pieces of at most ``SHOT_LONGEST``."""
    return start + (end - start) / math.ceil((end - start) / SHOT_LONGEST)


def _pause_near_even_cut(start: float, end: float, pauses: Sequence[float]) -> float:
    """Return the pause nearest to the first cut of an even split, or that cut if no pause is near it."""
    even = start + (end - start) / math.ceil((end - start) / SMART_LONGEST)
    near = [p for p in pauses if abs(p - even) <= SMART_LONGEST / 4 and p - start >= SMART_SHORTEST]
    near = [p for p in near if end - p >= SMART_SHORTEST]
    return min(near, key=lambda p: abs(p - even)) if near else even


def _longest_pause(start: float, end: float, pauses: Sequence[Span]) -> float:
    """Return the middle of the longest pause that leaves both sides at least ``AUDIO_SHORTEST`` long.

    Without such a pause, return the first cut of an even split.
    """
    inside = [
        (b - a, (a + b) / 2)
        for a, b in pauses
        if start + AUDIO_SHORTEST <= (a + b) / 2 <= end - AUDIO_SHORTEST and a >= start and b <= end
    ]
    if inside:
        return max(inside)[1]
    return start + (end - start) / math.ceil((end - start) / AUDIO_LONGEST)
