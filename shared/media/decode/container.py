"""Safe opening of containers, and measurements that do not rely on their headers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from shared.domain.errors import UnsupportedMedia

_DEMUXERS: Final = "mov,mp4,m4a,avi,matroska,webm,mp3,wav,flac,ogg,aac"
MAX_FRAME_PIXELS: Final = 2**26
"""Maximum pixels per frame, twice those of 8K.

Any frame may change the size of a stream, and a decoder keeps up to 17 frames.
"""

_DECODER_OPTIONS: Final = {"max_pixels": str(MAX_FRAME_PIXELS)}
_OPEN_OPTIONS: Final = {
    # Playlists and reference movies may name other files and URLs; none may be opened.
    "format_whitelist": _DEMUXERS,
    "protocol_whitelist": "file",
    **_DECODER_OPTIONS,  # FFmpeg decodes some frames while it opens a file
}
_TAIL_TOLERANCE: Final = 1.0
_RATE_SAMPLE_PACKETS: Final = 500
_MAX_FAILURES: Final = 20
_MAX_JUMP: Final = 3600.0

Stream = VideoStream | AudioStream
MediaPacket: TypeAlias = "Packet[Any]"


@contextmanager
def open_container(path: Path) -> Iterator[InputContainer]:
    """Open the container in ``path``.

    Raises:
        UnsupportedMedia: ``media_undecodable``: no allowed demuxer can read the file.
    """
    try:
        container = av.open(str(path), options=_OPEN_OPTIONS, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise UnsupportedMedia(
            "The file is damaged or its content does not match its format.", code="media_undecodable"
        ) from error
    with container:
        for stream in container.streams.video:
            if stream.codec_context is not None:
                stream.codec_context.options = _DECODER_OPTIONS
        yield container


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the first video stream that is not cover art."""
    for stream in container.streams.video:
        if not _is_cover(stream) and stream.codec_context is not None:
            return stream
    return None


def audio_stream(container: InputContainer) -> AudioStream | None:
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream
    return None


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def origin(container: InputContainer) -> float:
    """Return the container's start time in seconds. Priming samples before 0 do not count."""
    return max(0.0, (container.start_time or 0) / av.time_base)


def packets(container: InputContainer, *streams: Stream) -> Iterator[MediaPacket]:
    """Yield packets to the end of the file. Damage is skipped as long as further packets follow."""
    failures = 0
    while failures < _MAX_FAILURES:
        try:
            for packet in container.demux(*streams):
                failures = 0
                yield packet
        except av.FFmpegError:
            failures += 1
        else:
            return


def packet_span(packet: MediaPacket) -> tuple[float, float] | None:
    """Return start and end in seconds of the container's time; None for a flush packet."""
    timestamp = packet.pts if packet.pts is not None else packet.dts
    if timestamp is None or packet.time_base is None:
        return None
    base = float(packet.time_base)
    return timestamp * base, (timestamp + (packet.duration or 0)) * base


def matching_streams(container: InputContainer, streams: Sequence[Stream]) -> list[Stream]:
    """Return the same streams of another container that is opened on the same file."""
    wanted = {stream.index for stream in streams}
    others: list[Stream] = [*container.streams.video, *container.streams.audio]
    return [stream for stream in others if stream.index in wanted]


@dataclass(frozen=True, slots=True)
class Extent:
    """Extent of a medium. ``end`` is in seconds from its start; ``packets`` counts the packets read."""

    end: float
    packets: int


def measured_duration(path: Path, container: InputContainer, *streams: Stream) -> float:
    """Return the seconds from the medium's start to the end of its last packet.

    The header's duration is used only if packets exist at that end. Otherwise, and for formats whose header
    holds an estimate, all packets are read but not decoded. The work is linear in the file size at most.
    """
    header_duration = (container.duration or 0) / av.time_base
    if header_duration > 0 and container.format.name not in ("aac", "mp3"):
        tail = _tail(container, streams, header_duration)
        if tail is not None and abs(tail - header_duration) <= _TAIL_TOLERANCE:
            return tail
    with open_container(path) as fresh:
        return _extent(fresh, matching_streams(fresh, streams)).end


def _tail(container: InputContainer, streams: tuple[Stream, ...], header_duration: float) -> float | None:
    start = origin(container)
    try:
        container.seek(int((start + max(0.0, header_duration - _TAIL_TOLERANCE)) * av.time_base))
    except av.FFmpegError:
        return None
    extent = _extent(container, list(streams))
    return extent.end if extent.packets else None


def _extent(container: InputContainer, streams: list[Stream]) -> Extent:
    """Read all packets and measure their extent.

    Packets without times (raw streams) are placed by their durations. The time of a packet hours ahead of all
    others is broken and ignored.
    """
    last = origin(container)
    untimed_ends: dict[int, float] = {}
    seen = 0
    for packet in packets(container, *streams):
        if packet.size == 0:
            continue
        seen += 1
        span = packet_span(packet)
        if span is None:
            length = float((packet.duration or 0) * (packet.time_base or 0))
            untimed_ends[packet.stream_index] = (
                untimed_ends.get(packet.stream_index, origin(container)) + length
            )
            last = max(last, untimed_ends[packet.stream_index])
        elif seen == 1 or span[1] - last < _MAX_JUMP:
            last = max(last, span[1])
    return Extent(last - origin(container), seen)


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
