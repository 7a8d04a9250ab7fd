"""Properties of a video stream that browsers do not honour, although they decode its codec."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

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
from shared.media.inspect.h264_units import has_display_orientation, sequence_parameters

_MAX_TRIALS: Final = 16

Format: TypeAlias = tuple[int, int, str]
"""Width, height and pixel format of frames."""

Parameters: TypeAlias = Callable[[bytes, bytes], bytes]
"""Returns the parameters in a key frame, given the packet's content and the stream's extradata."""


def must_encode(path: Path, stream: VideoStream, frame: VideoFrame) -> bool:
    """Return whether browsers would show the stream wrongly as it is.

    ``frame`` is the first one. HDR and wide gamuts need a display of their own. A mirror is not honoured
    reliably, and a rotation only if it is stated by an MP4, which holds H.264, and not within H.264. H.264
    whose frame size or pixel format changes, and VP9 whose pixel format changes, stop many players.
    """
    orientation = frame_orientation(frame)
    if Colour.of(frame).needs_mapping or orientation.mirrored:
        return True
    codec = stream.codec_context.codec.canonical_name
    if orientation.rotation and (codec != "h264" or _states_orientation_itself(path, stream)):
        return True
    match codec:
        case "h264":
            return len(_formats(path, stream, sequence_parameters)) > 1
        case "vp9":
            return len({pixels for _, _, pixels in _formats(path, stream, _vp9_parameters)}) > 1
        case _:
            return False


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


def _states_orientation_itself(path: Path, stream: VideoStream) -> bool:
    with open_container(path) as container:
        first = next(packets(container, *matching_streams(container, [stream])), None)
    extradata = stream.codec_context.extradata or b""
    return first is not None and has_display_orientation(bytes(first), extradata)


def _formats(path: Path, stream: VideoStream, parameters: Parameters) -> frozenset[Format]:
    """Return the formats of key frames.

    All key frames are read. Only those with new parameters are decoded, at most 16.
    """
    with open_container(path) as container:
        (same,) = matching_streams(container, [stream])
        if not isinstance(same, VideoStream):
            return frozenset()
        same.discard = Discard.nonkey
        changes = islice(_with_new_parameters(same, packets(container, same), parameters), _MAX_TRIALS)
        return frozenset(found for packet in changes if (found := _format(same, packet)) is not None)


def _with_new_parameters(
    stream: VideoStream, source: Iterator[MediaPacket], parameters: Parameters
) -> Iterator[MediaPacket]:
    """Yield the packets whose parameters no earlier packet has."""
    seen: set[bytes] = set()
    for packet in source:
        if packet.size == 0:
            continue
        found = parameters(bytes(packet), stream.codec_context.extradata or b"")
        if packet.has_sidedata("new_extradata"):
            found += bytes(packet.get_sidedata("new_extradata"))
        if found not in seen:
            seen.add(found)
            yield packet


def _vp9_parameters(content: bytes, _: bytes) -> bytes:
    """Return the profile of a VP9 frame (VP9 Bitstream Specification, 6.2)."""
    return bytes([content[0] & 0xF0])


def _format(stream: VideoStream, packet: MediaPacket) -> Format | None:
    """Decode one key frame by itself. Return None if that fails."""
    decoder = CodecContext.create(stream.codec_context.codec.name, "r")
    if not isinstance(decoder, VideoCodecContext):
        return None
    if stream.codec_context.extradata is not None:
        decoder.extradata = stream.codec_context.extradata
    decoder.options = stream.codec_context.options
    try:
        frames = [*decoder.decode(packet), *decoder.decode(None)]
    except av.FFmpegError:
        return None
    return next(((frame.width, frame.height, frame.format.name) for frame in frames), None)
