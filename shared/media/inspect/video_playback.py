"""Properties of a video stream that browsers do not honour, although they decode its codec."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import av
from av.codec.context import CodecContext
from av.stream import Discard
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shared.domain.media import MediaWarning
from shared.media.decode.colour import Colour
from shared.media.decode.container import MediaPacket, matching_streams, open_container, packets
from shared.media.decode.display_matrix import frame_orientation
from shared.media.decode.tone_mapping import Transfer

_SEQUENCE_PARAMETERS: Final = 7
_SLICES: Final = range(1, 6)
_MAX_TRIALS: Final = 16


def must_encode(path: Path, name: str, stream: VideoStream, frame: VideoFrame) -> bool:
    """Return whether browsers would show the stream wrongly as it is.

    ``name`` is the container's, ``frame`` the first frame. HDR and wide gamuts need a display of their own; a
    mirror is not honoured reliably, and a rotation only in MP4; H.264 whose frame size or pixel format
    changes stops many players.
    """
    orientation = frame_orientation(frame)
    if Colour.of(frame).needs_mapping or orientation.mirrored:
        return True
    if orientation.rotation and name not in ("mp4", "mov"):
        return True
    return stream.codec_context.codec.canonical_name == "h264" and _changes_format(path, stream)


def dolby_vision_warnings(stream: VideoStream, frame: VideoFrame) -> tuple[MediaWarning, ...]:
    """Warn of Dolby Vision without a base layer that other decoders can show (profile 5).

    Its codec tags are dvh1 and dvhe, and its stream states no transfer function (Dolby Vision Streams Within
    the ISO Base Media File Format, 2.6).
    """
    is_dolby = stream.codec_context.codec_tag in ("dvh1", "dvhe", "dvav", "dva1")
    if not is_dolby or Colour.of(frame).transfer is not Transfer.SDR:
        return ()
    return (
        MediaWarning(
            code="dolby_vision_colours",
            message="The video is in Dolby Vision without a compatible base layer; its colours are not "
            "shown correctly. Export it as HDR10, HLG or SDR and import it again.",
        ),
    )


def _changes_format(path: Path, stream: VideoStream) -> bool:
    """Return whether key frames differ in size or pixel format.

    All key frames are read. Only those with new sequence parameters are decoded, at most 16.
    """
    with open_container(path) as container:
        (same,) = matching_streams(container, [stream])
        if not isinstance(same, VideoStream):
            return False
        same.discard = Discard.nonkey
        formats = (_format(same, packet) for packet in _new_sequences(same, packets(container, same)))
        known = {found for found in islice(formats, _MAX_TRIALS) if found is not None}
    return len(known) > 1


def _new_sequences(stream: VideoStream, source: Iterator[MediaPacket]) -> Iterator[MediaPacket]:
    """Yield the packets whose sequence parameters no earlier packet has."""
    length_bytes = _length_bytes(stream.codec_context.extradata or b"")
    seen: set[bytes] = set()
    for packet in source:
        if packet.size == 0:
            continue
        sets = b"".join(_sequence_parameters(bytes(packet), length_bytes)) if length_bytes else b""
        if packet.has_sidedata("new_extradata"):
            sets += bytes(packet.get_sidedata("new_extradata"))
        if sets not in seen:
            seen.add(sets)
            yield packet


def _length_bytes(extradata: bytes) -> int:
    """Return the size of a NAL unit's length (ISO/IEC 14496-15, 5.3.3.1); 0 for a byte stream."""
    return (extradata[4] & 3) + 1 if len(extradata) > 4 and extradata[0] == 1 else 0


def _sequence_parameters(content: bytes, length_bytes: int) -> Iterator[bytes]:
    """Yield the sequence parameter sets before the first slice of an H.264 sample."""
    position = 0
    while position + length_bytes < len(content):
        start = position + length_bytes
        position = start + int.from_bytes(content[position:start], "big")
        kind = content[start] & 0x1F
        if kind in _SLICES:
            return
        if kind == _SEQUENCE_PARAMETERS:
            yield content[start:position]


def _format(stream: VideoStream, packet: MediaPacket) -> tuple[int, int, str] | None:
    """Decode one key frame by itself. Return None if that fails."""
    decoder = CodecContext.create(stream.codec_context.codec.name, "r")
    if not isinstance(decoder, VideoCodecContext):
        return None
    decoder.extradata = stream.codec_context.extradata
    decoder.options = stream.codec_context.options
    try:
        frames = [*decoder.decode(packet), *decoder.decode(None)]
    except av.FFmpegError:
        return None
    return next(((frame.width, frame.height, frame.format.name) for frame in frames), None)
