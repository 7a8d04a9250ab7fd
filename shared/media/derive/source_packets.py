"""The packets of a source from a time on, on one timeline."""

from collections.abc import Iterator, Sequence
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from shared.media.decode import container as containers
from shared.media.decode.continuous_time import ContinuousTime, bounded, is_audio_alone, placed

_STEPS_BACK: Final = (0.0, 5.0, 20.0, 80.0, 320.0)
"""Seconds before a time at which a key frame is looked for."""


def source_packets(
    container: InputContainer, streams: Sequence[containers.Stream], start: float, *, is_continuous: bool
) -> Iterator[containers.MediaPacket]:
    """Yield the packets of ``streams`` from the last key frame before ``start`` on.

    ``start`` is in seconds of the medium, the times of packets are in seconds of the container's clock. If
    the clock is not continuous, they are moved to a timeline without restarts and holes; the packets before
    ``start`` are then read, because such a clock is of no use for a seek.
    """
    begin = containers.origin(container)
    if is_continuous:
        if start > 0:
            _seek(container, streams, begin + start)
        packets = bounded(containers.packets(container, *streams))
        if start <= 0 or container.format.name != "mpegts":
            return packets
    else:
        timeline = ContinuousTime(begin, is_audio_alone=is_audio_alone(streams))
        packets = placed(bounded(containers.packets(container, *streams)), timeline)
    return _from_last_key_frame(packets, streams, begin + start)


def _seek(container: InputContainer, streams: Sequence[containers.Stream], time: float) -> None:
    """Seek to a key frame at or before ``time``. A transport stream has no index, and a seek in it ends
    between key frames."""
    video = next((stream for stream in streams if isinstance(stream, VideoStream)), None)
    if container.format.name != "mpegts" or video is None:
        container.seek(int(time * av.time_base))
        return
    for back in _STEPS_BACK:
        position = int((time - back) * av.time_base)
        container.seek(position)
        if _has_key_frame_before(container, video, time):
            container.seek(position)
            return
    container.seek(int(containers.origin(container) * av.time_base))


def _has_key_frame_before(container: InputContainer, video: VideoStream, time: float) -> bool:
    for packet in containers.packets(container, video):
        span = containers.packet_span(packet)
        if span is not None and span[0] > time:
            return False
        if span is not None and packet.is_keyframe:
            return True
    return False


def _from_last_key_frame(
    packets: Iterator[containers.MediaPacket], streams: Sequence[containers.Stream], start: float
) -> Iterator[containers.MediaPacket]:
    """Drop the packets before the last key frame before ``start``."""
    video = {stream.index for stream in streams if isinstance(stream, VideoStream)}
    waiting: list[containers.MediaPacket] = []
    has_started = False
    for packet in packets:
        span = containers.packet_span(packet)
        if not has_started and span is not None:
            has_started = span[0] > start
            is_start = not video or (packet.stream_index in video and packet.is_keyframe)
            if span[0] <= start and is_start:
                waiting.clear()
        waiting.append(packet)
        if has_started:
            yield from waiting
            waiting.clear()
    yield from waiting
