"""Tracks of the playable file: streams of the source that are copied or encoded.

A track receives the source's packets in order. Times are in seconds of the source container's clock;
``start`` becomes 0 in the result, and the result ends at ``end``.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, Protocol

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from shared.media.decode import audio_timeline
from shared.media.decode.colour import BT709
from shared.media.decode.container import MediaPacket, Stream
from shared.media.decode.display_matrix import Orientation, frame_orientation
from shared.media.decode.frames import Geometry, decode_video, frame_seconds
from shared.media.decode.track_audio import MonoAudio, TrackAudio
from shared.media.derive.playback_frames import PlaybackFrames, even

_CLOCK: Final = Fraction(1, 90_000)
_AUDIO_RATE: Final = 48_000
_MAX_SIDE: Final = 1920
_CONVENTIONAL: Final = frozenset({1, 2, 6, 8})
"""Numbers of channels whose order is known without names: mono, stereo, 5.1 and 7.1."""

_TIME_TOLERANCE: Final = 5e-4  # Matroska's clock ticks in milliseconds


class Track(Protocol):
    def feed(self, packet: MediaPacket) -> bool:
        """Process a packet; return False once everything before ``end`` has been processed."""
        ...

    def finish(self) -> None: ...


class CopiedTrack:
    """Copies packets without decoding.

    A video track starts at the key frame before ``start``. The frames in between have negative times, which
    the MP4 muxer converts to an edit list, so players start exactly at ``start``. Frames that the source's
    edit list leaves out are copied only if frames that are shown follow: those may be decoded from them.
    """

    def __init__(self, out: OutputContainer, source: Stream, start: float, end: float) -> None:
        self._out = out
        self._stream = out.add_stream_from_template(source)
        self._is_video = isinstance(source, VideoStream)
        self._reorder_depth = source.codec_context.reorder_depth if isinstance(source, VideoStream) else 0
        self._start, self._end = start, end
        self._last: int | None = None
        self._base = source.time_base or Fraction(1)
        self._seconds = float(self._base)
        self._shift = round(start / self._base)
        self._left_out: list[MediaPacket] = []
        self._has_shown = False

    def feed(self, packet: MediaPacket) -> bool:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None:
            return True
        span = stamp * self._seconds, (stamp + (packet.duration or 0)) * self._seconds
        decoded_at = span[0] if packet.dts is None else packet.dts * self._seconds
        opens_next_part = self._is_video and packet.is_keyframe and span[0] >= self._end - _TIME_TOLERANCE
        if decoded_at >= self._end or opens_next_part:
            return False
        waits_for_key = self._is_video and self._last is None and not packet.is_keyframe
        if waits_for_key or (not self._is_video and span[1] <= self._start):
            return True
        if packet.is_discard and self._has_shown:
            self._left_out.append(packet)
            return True
        self._has_shown = not packet.is_discard
        for waiting in (*self._left_out, packet):
            self._write(waiting, self._shift)
        self._left_out.clear()
        return True

    def _write(self, packet: MediaPacket, shift: int) -> None:
        decode_stamp = self._decode_stamp(packet, shift)
        if self._last is not None:
            decode_stamp = max(decode_stamp, self._last + 1)
        shown = decode_stamp if packet.pts is None else max(packet.pts - shift, decode_stamp)
        packet.dts, packet.pts, self._last = decode_stamp, shown, decode_stamp
        packet.stream = self._stream
        self._out.mux(packet)

    def _decode_stamp(self, packet: MediaPacket, shift: int) -> int:
        """Return the decoding time of a packet.

        Matroska has presentation times only. The decoding times of the first frames precede them by as many
        frames as the stream reorders.
        """
        length = packet.duration or 1
        if packet.dts is not None:
            return packet.dts - shift
        if self._last is not None:
            return self._last + length
        return (packet.pts or 0) - shift - self._reorder_depth * length

    def finish(self) -> None:
        return


class EncodedVideo:
    """Encodes H.264: 8 bit, BT.709, square pixels, even sides, at most 1920 long, with the source's times.

    Frames are stored as in the source and turned by a display matrix. Players do not mirror reliably: frames
    with a mirror are stored upright. The size is the one that the stream states; other frames are fitted into
    it.
    """

    def __init__(
        self, out: OutputContainer, source: VideoStream, geometry: Geometry, start: float, end: float
    ) -> None:
        rate = source.average_rate if source.average_rate and 1 <= source.average_rate <= 120 else 30
        self._out, self._source, self._start, self._end = out, source, start, end
        self._step = 1 / float(rate)
        self._stream = out.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "23"})
        upright = geometry.mirrored
        stored = geometry if upright else Geometry(0, geometry.pixel_aspect)
        self._stream.width, self._stream.height = _encoded_size(source, stored)
        self._stream.pix_fmt = "yuv420p"
        self._stream.gop_size = max(1, round(float(rate) * 2))
        self._stream.codec_context.time_base = _CLOCK
        _state_bt709(self._stream)
        if geometry.rotation and not upright:
            self._stream.set_display_rotation(geometry.rotation)
        self._upright = upright
        self._frames = PlaybackFrames(self._stream.width, self._stream.height, geometry.pixel_aspect)
        self._previous = start - self._step
        self._last = -1

    def feed(self, packet: MediaPacket) -> bool:
        return all(self._encode(frame) for frame in decode_video(self._source, [packet]))

    def _encode(self, frame: VideoFrame) -> bool:
        time = frame_seconds(frame, 0.0)
        time = self._previous + self._step if time is None else time
        self._previous = time
        if time >= self._end:
            return False
        if time >= self._start - self._step / 2:
            stamp = max(round((time - self._start) / _CLOCK), self._last + 1)
            converted = self._frames.convert(frame, self._turn(frame))
            converted.pts, converted.time_base, converted.pict_type = stamp, _CLOCK, PictureType.NONE
            self._last = stamp
            self._out.mux(self._stream.encode(converted))
        return True

    def _turn(self, frame: VideoFrame) -> Orientation:
        """Return how the stored frame differs from the source's."""
        return frame_orientation(frame) if self._upright else Orientation()

    def finish(self) -> None:
        self._out.mux(self._stream.encode())


class EncodedAudio:
    """Encodes AAC at 48 kHz with one or two channels. Several sources are mixed to one channel, and so are
    channels without positions, such as those of a recorder with four microphones."""

    def __init__(
        self, out: OutputContainer, sources: Sequence[AudioStream], start: float, end: float
    ) -> None:
        context = sources[0].codec_context
        has_places = context.channels in _CONVENTIONAL or context.layout.channels[0].name != "NONE"
        is_mixed = len(sources) > 1 or not has_places
        layout = "mono" if is_mixed or context.channels == 1 else "stereo"
        self._out, self._layout = out, layout
        self._stream = out.add_stream("aac", rate=_AUDIO_RATE, layout=layout)
        self._stream.bit_rate = 96_000 if layout == "mono" else 160_000
        self._audio: MonoAudio | TrackAudio = (
            MonoAudio(sources, rate=_AUDIO_RATE, start=start)
            if is_mixed
            else TrackAudio(sources[0], rate=_AUDIO_RATE, layout=layout, start=start)
        )
        self._remaining = round((end - start) * _AUDIO_RATE)
        self._position = 0

    def feed(self, packet: MediaPacket) -> bool:
        self._encode(self._audio.feed(packet))
        return self._remaining > 0

    def _encode(self, pieces: Iterable[audio_timeline.AudioSamples]) -> None:
        for piece in pieces:
            wanted = piece[:, : self._remaining]
            if wanted.shape[1] == 0:
                return
            frame = AudioFrame.from_ndarray(wanted.copy(), format="fltp", layout=self._layout)
            frame.sample_rate, frame.time_base = _AUDIO_RATE, Fraction(1, _AUDIO_RATE)
            frame.pts = self._position
            self._position += wanted.shape[1]
            self._remaining -= wanted.shape[1]
            self._out.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._encode(self._audio.finish())
        self._out.mux(self._stream.encode())


def _state_bt709(stream: VideoStream) -> None:
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = ColorRange.MPEG


def _encoded_size(source: VideoStream, geometry: Geometry) -> tuple[int, int]:
    context = source.codec_context
    width, height = geometry.shown_size(context.width, context.height)
    shrink = min(1.0, _MAX_SIDE / max(width, height))
    return even(width * shrink), even(height * shrink)
