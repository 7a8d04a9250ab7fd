"""Containers as their readers use them: opened safely, with the chosen streams and their packets."""

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from shared.media.decode.demux import (
    MAX_FRAME_PIXELS,
    MediaPacket,
    Stream,
    matching_streams,
    open_container,
    origin,
    packet_span,
    packets,
)
from shared.media.decode.stream_choice import chosen_audio, chosen_video

__all__ = [
    "MAX_FRAME_PIXELS",
    "MediaPacket",
    "Stream",
    "audio_stream",
    "audio_streams",
    "matching_streams",
    "open_container",
    "origin",
    "packet_span",
    "packets",
    "video_stream",
]


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the video stream that is the content of the container."""
    return chosen_video(container)


def audio_stream(container: InputContainer) -> AudioStream | None:
    """Return the audio stream that is the content of the container; of several that are mixed, the first."""
    return next(iter(audio_streams(container)), None)


def audio_streams(container: InputContainer) -> tuple[AudioStream, ...]:
    """Return the audio streams that are the content: one, or the mono tracks of one recording."""
    return chosen_audio(container)
