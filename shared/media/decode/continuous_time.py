"""One timeline for packets whose clock starts again or jumps.

The packets of a stream fall into *runs* in which the clock goes on. A clock that starts again (chained Ogg,
transport streams one after the other) begins a run that follows the one before. So does a packet after a hole
of more than ``LONGEST_HOLE``, which is taken out. The other streams join the run when their own clocks jump.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from av.audio.stream import AudioStream

from shared.media.decode.demux import MediaPacket, Stream

LONGEST_HOLE: Final = 300.0
"""Seconds without any packet that stay part of the medium."""

_STEP_BACK: Final = 2.0
"""Seconds by which a stream's time may go back: video frames arrive out of order."""

_STEP_BACK_ALONE: Final = 0.25
"""The same for audio without other streams. Chained Ogg may have links of less than two seconds."""

_REACH: Final = 5.0
"""Seconds by which the streams of one container may be apart."""

_BROKEN_RUN: Final = 2.0
"""A run that ends before this many seconds, back to the time before it, was a broken timestamp."""


@dataclass(slots=True)
class _Run:
    """A stretch of the clock. ``first`` and ``last`` are its raw times, ``shift`` leads to the timeline."""

    first: float
    last: float
    shift: float
    after_hole: bool = False

    def is_near(self, time: float) -> bool:
        return self.first - _REACH <= time <= self.last + _REACH


class ContinuousTime:
    """Places packets in the order in which the container yields them. Times are in seconds.

    ``start`` is the time at which the medium starts. ``is_audio_alone``: the packets are those of one audio
    stream. ``longest_hole`` is infinite for a reader of some streams, which cannot tell holes from pauses.
    """

    def __init__(
        self, start: float, *, is_audio_alone: bool = False, longest_hole: float = LONGEST_HOLE
    ) -> None:
        self._longest_hole = longest_hole
        self._step_back = _STEP_BACK_ALONE if is_audio_alone else _STEP_BACK
        self._runs = [_Run(start, start, 0.0)]
        self._bases: dict[int, float] = {}
        self._current: dict[int, int] = {}
        self._decoded: dict[int, float] = {}
        self._shown: dict[int, float] = {}
        self.end = start

    @property
    def restarts(self) -> int:
        return sum(not run.after_hole for run in self._runs[1:])

    @property
    def holes(self) -> int:
        return sum(run.after_hole for run in self._runs[1:])

    def shift_of(self, packet: MediaPacket) -> float:
        """Return the seconds to add to the packet's times."""
        shown, decoded = packet.pts, packet.dts
        stamp = shown if shown is not None else decoded
        base = self._bases.get(packet.stream_index)
        if base is None:
            # A stream's time base is read once: a Fraction for each packet would take most of the time.
            base = self._bases[packet.stream_index] = float(packet.time_base or 0)
        if stamp is None or not base:
            return self._runs[-1].shift
        length = (packet.duration or 0) * base
        decoded_at = None if decoded is None else decoded * base
        return self.shift_at(packet.stream_index, stamp * base, length, decoded_at)

    def shift_at(self, stream: int, time: float, duration: float, decoded: float | None = None) -> float:
        """Return the seconds to add to the times of a packet of ``stream``.

        ``decoded`` is its decoding time. Presentation times alternate between frames that are decoded out of
        order, by seconds if a second has one frame.
        """
        clock = self._decoded if decoded is not None else self._shown
        at = time if decoded is None else decoded
        last = clock.get(stream)
        went_back = last is not None and at < last - self._step_back
        number = self._run_of(stream, time, went_back=went_back)
        run = self._runs[number]
        self._current[stream], clock[stream] = number, at
        shown_until = time + (duration if duration <= self._longest_hole else 0.0)
        run.last = max(run.last, shown_until)
        self.end = max(self.end, shown_until + run.shift)
        return run.shift

    def _run_of(self, stream: int, time: float, *, went_back: bool) -> int:
        number = self._current.get(stream, 0)
        run = self._runs[number]
        went_back = went_back or (number > 0 and time < run.first - _REACH)
        is_after_hole = time - run.last > self._longest_hole
        if number and (went_back or time - run.last > 1.0) and self._was_broken(number, time):
            self._runs[number].last = self._runs[number].first
            return number - 1
        if not (went_back or is_after_hole):
            return number
        for later in range(number + 1, len(self._runs)):
            if self._runs[later].is_near(time):
                return later
        self._runs.append(_Run(time, time, self.end - time, after_hole=not went_back))
        return len(self._runs) - 1

    def _was_broken(self, number: int, time: float) -> bool:
        run, before = self._runs[number], self._runs[number - 1]
        return run.last - run.first < _BROKEN_RUN and -0.5 <= time - before.last <= _REACH


def is_audio_alone(streams: Sequence[Stream]) -> bool:
    return len(streams) == 1 and isinstance(streams[0], AudioStream)


def bounded(packets: Iterator[MediaPacket]) -> Iterator[MediaPacket]:
    """Remove the durations that are longer than a hole, so that no track claims them again."""
    longest: dict[int, float] = {}
    for packet in packets:
        number = packet.stream_index
        if number not in longest:
            # A stream's time base is read once: a Fraction for each packet would take most of the time.
            longest[number] = LONGEST_HOLE / packet.time_base if packet.time_base else math.inf
        if packet.duration and packet.duration > longest[number]:
            packet.duration = 0
        yield packet


def placed(packets: Iterator[MediaPacket], timeline: ContinuousTime) -> Iterator[MediaPacket]:
    """Move the times of ``packets`` to the timeline."""
    for packet in packets:
        if packet.size:
            shift = timeline.shift_of(packet)
            if shift and packet.time_base:
                ticks = round(shift / packet.time_base)
                packet.pts = None if packet.pts is None else packet.pts + ticks
                packet.dts = None if packet.dts is None else packet.dts + ticks
        yield packet
