"""Durations and frame rates, measured on packets.

A header's duration is a claim. It counts if the index agrees with the bytes of the file and packets exist at
the claimed end. Otherwise all packets are read but not decoded, so the work is linear in the file size.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.frame import Frame
from av.stream import Stream as AnyStream
from av.video.stream import VideoStream

from shared.media.decode.continuous_time import LONGEST_HOLE, ContinuousTime, is_audio_alone
from shared.media.decode.demux import (
    MediaPacket,
    Stream,
    matching_streams,
    open_container,
    origin,
    packet_span,
    packets,
)
from shared.media.inspect.mpeg_audio import format_of

_TAIL_TOLERANCE: Final = 1.0
_RATE_SAMPLE_PACKETS: Final = 500
_MOV: Final = "mov,mp4,m4a,3gp,3g2,mj2"
_MATROSKA: Final = "matroska,webm"
_INDEXED: Final = frozenset({_MOV, _MATROSKA})
_ESTIMATED: Final = frozenset({"aac", "mp3", "ogg", "mpegts"})
"""Formats without a header for the whole file: FFmpeg estimates their duration."""

_MIN_BYTES_PER_SECOND: Final = 250.0
_OVERSTATED_SECONDS: Final = 2.0
_OVERSTATED_SHARE: Final = 0.05
_HEADER_BYTES: Final = 7
_MIN_AUDIO_FRAMES: Final = 8


@dataclass(frozen=True, slots=True)
class Extent:
    """Extent of a medium, in seconds from its start.

    ``restarts`` and ``holes`` count the places where the clock of the file does not go on. ``claimed`` is the
    header's duration if it exceeds what the file holds. ``changes_audio``: the sampling rate or the channels
    of MPEG audio change.
    """

    duration: float
    restarts: int = 0
    holes: int = 0
    claimed: float | None = None
    changes_audio: bool = False

    @property
    def is_continuous(self) -> bool:
        return not self.restarts and not self.holes


def measured_extent(
    path: Path, container: InputContainer, used: Sequence[Stream], kept: Sequence[Stream] = ()
) -> Extent:
    """Measure the extent of the streams that are ``used``. Those that are only ``kept`` fill holes.

    The position of ``container`` changes.
    """
    claimed = _claimed_duration(container)
    tail = _trusted_tail(path, container, used, claimed)
    if tail is not None:
        return Extent(tail)
    extent, present = _read_extent(path, used, kept, decode=False)
    if extent.duration > 0 and path.stat().st_size / extent.duration < _MIN_BYTES_PER_SECOND:
        extent, present = _read_extent(path, used, kept, decode=True)
    allowed = max(_OVERSTATED_SECONDS, _OVERSTATED_SHARE * claimed)
    is_overstated = extent.is_continuous and claimed - present > allowed
    if container.format.name in _ESTIMATED or not is_overstated:
        return extent
    return replace(extent, claimed=claimed)


def _claimed_duration(container: InputContainer) -> float:
    """Return the header's duration. That of Matroska reaches from 0, also if the first packet is later."""
    duration = (container.duration or 0) / av.time_base
    return max(0.0, duration - origin(container)) if container.format.name == _MATROSKA else duration


def _trusted_tail(
    path: Path, container: InputContainer, used: Sequence[Stream], claimed: float
) -> float | None:
    """Return the end of the last packet if the file's index and its last packets confirm the claim."""
    size = path.stat().st_size
    if container.format.name not in _INDEXED or claimed <= 0 or size / claimed < _MIN_BYTES_PER_SECOND:
        return None
    start = origin(container)
    try:
        container.seek(int((start + max(0.0, claimed - _TAIL_TOLERANCE)) * av.time_base))
    except av.FFmpegError:
        return None
    if not _has_sound_index(container, used, claimed, size):
        return None
    timeline = ContinuousTime(start, is_audio_alone=is_audio_alone(used), longest_hole=math.inf)
    reading = _Reading(start, used)
    for packet in packets(container, *used):
        if packet.size:
            reading.include(packet, timeline.shift_of(packet), [])
    tail = reading.end - start
    return tail if not timeline.restarts and abs(tail - claimed) <= _TAIL_TOLERANCE else None


def _has_sound_index(
    container: InputContainer, used: Sequence[Stream], claimed: float, file_size: int
) -> bool:
    """Return whether the index shows neither holes nor samples that the file does not hold.

    MP4 lists every sample of each stream, Matroska some key frames of one stream.
    """
    if container.format.name == _MATROSKA:
        return any(_covers(stream, container, claimed) for stream in used)
    return all(_is_complete(stream, container, file_size) for stream in used)


def _covers(stream: Stream, container: InputContainer, claimed: float) -> bool:
    """Return whether the entries reach from the start to the end without a hole between them."""
    start = origin(container)
    base = float(stream.time_base or 0)
    times = np.array([start, *(e.timestamp * base for e in stream.index_entries), start + claimed])
    steps = np.diff(times)
    return bool(steps.max() <= LONGEST_HOLE and steps.min() >= -_TAIL_TOLERANCE)


def _is_complete(stream: Stream, container: InputContainer, file_size: int) -> bool:
    """Return whether every sample is listed, at increasing times without holes, in bytes of its own."""
    entries = list(stream.index_entries)
    if not entries or len(entries) < stream.frames or not stream.time_base:
        return False
    times = np.array([entry.timestamp for entry in entries], np.float64) * float(stream.time_base)
    positions = np.array([entry.pos for entry in entries], np.int64)
    sizes = np.array([entry.size for entry in entries], np.int64)
    steps = np.diff(times, prepend=min(times[0], origin(container)))
    return bool(
        steps.max() <= LONGEST_HOLE
        and steps.min() >= 0
        and (positions + sizes).max() <= file_size
        and sizes.sum() <= file_size
    )


def _read_extent(
    path: Path, used: Sequence[Stream], kept: Sequence[Stream], *, decode: bool
) -> tuple[Extent, float]:
    """Read all packets. Return the extent, and the end of all streams, also of those that are not used.

    ``decode``: only packets that can be decoded count.
    """
    with open_container(path) as container:
        wanted = {stream.index for stream in used}
        placed = wanted | {stream.index for stream in kept}
        start = origin(container)
        timeline = ContinuousTime(start, is_audio_alone=is_audio_alone([*used, *kept]))
        reading = _Reading(start, list(container.streams))
        may_repeat = container.format.name == _MOV
        for packet in packets(container):
            if packet.size == 0 and decode and packet.stream.index in wanted:
                reading.include_last(packet.stream.index, _frames(packet))
            if packet.size == 0 or (may_repeat and reading.is_repeated(packet)):
                continue
            if packet.stream_index not in placed:
                reading.include_unused(packet)
                continue
            frames = _frames(packet) if decode else []
            if decode and not frames:
                continue
            shift = timeline.shift_of(packet)
            if packet.stream_index in wanted:
                reading.include(packet, shift, frames)
            else:
                reading.include_unused(packet, shift)
    present = max(reading.end, reading.unused_end) - start
    extent = Extent(
        reading.end - start, timeline.restarts, timeline.holes, changes_audio=reading.changes_audio
    )
    return extent, present


class _Reading:
    """The end of the packets that were read, in seconds of the container's time."""

    def __init__(self, start: float, streams: Sequence[AnyStream]) -> None:
        self.end = self.unused_end = start
        self._start = start
        # A stream's time base is read once: a Fraction for each packet would take most of the time.
        self._bases = {stream.index: float(stream.time_base or 0) for stream in streams}
        self._positions: set[tuple[int, int]] = set()
        self._untimed_ends: dict[int, float] = {}
        self._mpeg_audio = {s.index for s in streams if _has_headers(s)}
        self._audio_formats: Counter[tuple[int, bytes]] = Counter()
        self._decoded: dict[int, float] = {}

    @property
    def changes_audio(self) -> bool:
        """Whether a stream has frames of two formats. Fewer than eight are damage."""
        common = [stream for (stream, _), count in self._audio_formats.items() if count >= _MIN_AUDIO_FRAMES]
        return len(common) > len(set(common))

    def is_repeated(self, packet: MediaPacket) -> bool:
        """Return whether an earlier packet of the stream had the same bytes."""
        if packet.pos is None:
            return False
        place = (packet.stream_index, packet.pos)
        is_repeated = place in self._positions
        self._positions.add(place)
        return is_repeated

    def include_unused(self, packet: MediaPacket, shift: float = 0.0) -> None:
        end = self._end(packet)
        if end is not None:
            self.unused_end = max(self.unused_end, end + shift)

    def include(self, packet: MediaPacket, shift: float, frames: Sequence[Frame]) -> None:
        """Count a packet as present, or the frames that it completes. Packets without times (raw streams) are
        placed by their durations."""
        if packet.stream_index in self._mpeg_audio:
            found = format_of(bytes(memoryview(packet)[:_HEADER_BYTES]))
            if found is not None:
                self._audio_formats[packet.stream_index, found] += 1
        times = [frame.time for frame in frames if frame.time is not None]
        end = self._end(packet)
        if times:
            end = max(times) + self._length(packet) + shift
            self._decoded[packet.stream_index] = self._length(packet) + shift
        elif end is not None:
            end += shift
        else:
            end = self._untimed_ends.get(packet.stream_index, self._start) + self._length(packet)
            self._untimed_ends[packet.stream_index] = end
        self.end = max(self.end, end)

    def include_last(self, stream: int, frames: Sequence[Frame]) -> None:
        """Count the frames that the decoder of ``stream`` holds back until the end of the file."""
        times = [frame.time for frame in frames if frame.time is not None]
        if times and stream in self._decoded:
            self.end = max(self.end, max(times) + self._decoded[stream])

    def _end(self, packet: MediaPacket) -> float | None:
        stamp = packet.pts if packet.pts is not None else packet.dts
        base = self._bases.get(packet.stream_index)
        return None if stamp is None or base is None else stamp * base + self._length(packet)

    def _length(self, packet: MediaPacket) -> float:
        """Return the packet's duration in seconds. One longer than a hole is a claim without content."""
        length = (packet.duration or 0) * self._bases.get(packet.stream_index, 0.0)
        return length if length <= LONGEST_HOLE else 0.0


def _has_headers(stream: AnyStream) -> bool:
    """Return whether each packet states its format. MP4 and Matroska state that of AAC once."""
    if not isinstance(stream, AudioStream) or stream.codec_context is None:
        return False
    return stream.codec_context.codec.canonical_name in ("mp3", "aac")


def _frames(packet: MediaPacket) -> list[Frame]:
    try:
        return [frame for frame in packet.decode() if isinstance(frame, Frame)]
    except av.FFmpegError:
        return []


def has_variable_rate(path: Path, stream: VideoStream) -> bool:
    """Return whether more than 2 % of the first frames deviate from the median duration by over a quarter."""
    with open_container(path) as container:
        spans = map(
            packet_span,
            islice(packets(container, *matching_streams(container, [stream])), _RATE_SAMPLE_PACKETS),
        )
        starts = sorted(span[0] for span in spans if span is not None)
    gaps = [b - a for a, b in pairwise(starts)]
    if not gaps:
        return False
    median = sorted(gaps)[len(gaps) // 2]
    outliers = sum(abs(gap - median) > max(0.25 * median, 0.0025) for gap in gaps)
    return outliers > 0.02 * len(gaps)
