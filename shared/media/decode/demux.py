"""Safe opening of containers, and their packets."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.adts import timed

_DEMUXERS: Final = "mov,mp4,m4a,avi,matroska,webm,mp3,wav,flac,ogg,aac,mpegts"
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
_MAX_FAILURES: Final = 20

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


def origin(container: InputContainer) -> float:
    """Return the container's start time in seconds.

    Priming samples before 0 do not count. In a transport stream a time before 0 means that its 33-bit clock
    wraps while the file lasts.
    """
    start = (container.start_time or 0) / av.time_base
    return start if container.format.name == "mpegts" else max(0.0, start)


def packets(container: InputContainer, *streams: Stream) -> Iterator[MediaPacket]:
    """Yield packets to the end of the file. Damage is skipped as long as further packets follow."""
    found = _readable(container, *streams)
    return timed(found) if container.format.name == "aac" else found


def _readable(container: InputContainer, *streams: Stream) -> Iterator[MediaPacket]:
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
