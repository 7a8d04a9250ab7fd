"""Media properties, measured from a file's content.

Accepted formats: video in MP4, AVI, MKV, MOV, WebM; audio in MP3, WAV, FLAC, M4A, Ogg, AAC; images in JPEG,
PNG, WebP, GIF, BMP, TIFF, HEIC, HEIF. A container with audio only is audio, whatever its name. Cover art is
not video. An animated image is an image, represented by its first frame.

Truncated files are accepted if something can be decoded, with the duration that is present. An MP4 without
its index, and any file of which nothing can be decoded, is refused.
"""

from itertools import islice
from pathlib import Path
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shared.domain.errors import UnsupportedMedia
from shared.domain.media import MediaType
from shared.media.decode import container as containers
from shared.media.decode.frames import Geometry, decode_video
from shared.media.decode.still_image import MAX_PIXELS
from shared.media.inspect.browser_support import plays
from shared.media.inspect.image_probe import probe_image
from shared.media.inspect.mp4_boxes import has_index
from shared.media.inspect.properties import Probe
from shared.media.inspect.signature import IMAGES, signature, unsupported_picture

MAX_AUDIO_SECONDS: Final = 7200.0
_TRIAL_PACKETS: Final = 300
_FASTEST_RATE: Final = 300  # a higher value is a time base, not a frame rate


def probe(path: Path, *, max_audio_seconds: float = MAX_AUDIO_SECONDS, max_pixels: int = MAX_PIXELS) -> Probe:
    """Examine the file at ``path``.

    The work is bounded by the file's size: all packets may be read, but only a few frames are decoded.

    Raises:
        UnsupportedMedia: with code media_empty, unsupported_format, media_truncated, media_undecodable,
            media_has_no_streams, media_zero_duration, media_too_long or picture_too_large.
    """
    if path.stat().st_size == 0:
        raise UnsupportedMedia("The file is empty.", code="media_empty")
    kind = signature(path)
    if kind is None:
        if (name := unsupported_picture(path)) is not None:
            raise UnsupportedMedia(
                f"{name} files are not supported. Convert the file to JPEG or PNG.", code="unsupported_format"
            )
        raise UnsupportedMedia(
            "This is not a video, audio or picture format that is supported.", code="unsupported_format"
        )
    if kind in IMAGES:
        return probe_image(path, kind, max_pixels)
    if kind in ("mp4", "mov") and not has_index(path):
        raise UnsupportedMedia(
            "The video is cut off: its index is missing. Upload the whole file.", code="media_truncated"
        )
    with containers.open_container(path) as container:
        return _probe_timed_medium(path, container, kind, max_audio_seconds, max_pixels)


def _probe_timed_medium(
    path: Path, container: InputContainer, kind: str, max_audio_seconds: float, max_pixels: int
) -> Probe:
    video = containers.video_stream(container)
    audio = containers.audio_stream(container)
    if video is None and audio is None:
        raise UnsupportedMedia(
            "There is neither video nor sound in this file that can be decoded.",
            code="media_has_no_streams",
        )
    pixel_limit = min(max_pixels, containers.MAX_FRAME_PIXELS)
    if video is not None and video.codec_context.width * video.codec_context.height > pixel_limit:
        raise UnsupportedMedia("The video's picture has too many pixels.", code="picture_too_large")
    frame = None if video is None else _first_frame(path, video)
    has_audio = audio is not None and _has_decodable_audio(path, audio)
    if frame is None and not has_audio:
        raise UnsupportedMedia(
            "Nothing in this file can be decoded; it is damaged or cut off.", code="media_undecodable"
        )
    streams = [s for s, works in ((video, frame), (audio, has_audio)) if s is not None and works]
    duration = containers.measured_duration(path, container, *streams)
    if duration <= 0:
        raise UnsupportedMedia("The medium has no duration.", code="media_zero_duration")
    audio = audio if has_audio else None
    if video is None or frame is None:
        return _probe_audio(container, kind, audio, duration, max_audio_seconds)
    return _probe_video(path, container, kind, video, frame, audio, duration)


def _probe_audio(
    container: InputContainer, kind: str, audio: AudioStream | None, duration: float, max_seconds: float
) -> Probe:
    if duration > max_seconds:
        raise UnsupportedMedia(
            f"The audio is {duration / 60:.0f} minutes long; at most {max_seconds / 60:.0f} are accepted.",
            code="media_too_long",
            details={"duration_seconds": duration, "max_seconds": max_seconds},
        )
    codec = None if audio is None else audio.codec_context.codec.canonical_name
    name = _container_name(container, kind)
    return Probe(
        MediaType.AUDIO,
        name,
        duration,
        has_audio=True,
        audio_codec=codec,
        audio_rate=None if audio is None else audio.codec_context.sample_rate,
        playable=plays(name, audio_codec=codec),
    )


def _probe_video(
    path: Path,
    container: InputContainer,
    kind: str,
    video: VideoStream,
    frame: VideoFrame,
    audio: AudioStream | None,
    duration: float,
) -> Probe:
    geometry = Geometry.of(frame, video)
    width, height = geometry.shown_size(frame.width, frame.height)
    codec = video.codec_context.codec.canonical_name
    audio_codec = None if audio is None else audio.codec_context.codec.canonical_name
    name = _container_name(container, kind)
    rate = video.average_rate or video.guessed_rate
    return Probe(
        media_type=MediaType.VIDEO,
        container=name,
        duration_seconds=duration,
        width=width,
        height=height,
        rotation=geometry.rotation,
        frame_rate=float(rate) if rate and rate <= _FASTEST_RATE else None,
        variable_frame_rate=containers.has_variable_rate(path, video),
        has_audio=audio is not None,
        has_video=True,
        video_codec=codec,
        audio_codec=audio_codec,
        audio_rate=None if audio is None else audio.codec_context.sample_rate,
        pixel_format=frame.format.name,
        pixel_aspect=geometry.pixel_aspect,
        playable=plays(name, video_codec=codec, pixel_format=frame.format.name, audio_codec=audio_codec),
    )


def _container_name(container: InputContainer, kind: str) -> str:
    """Return the container's name. An ID3 tag hides the format behind it, but the demuxer detects it."""
    return container.format.name if kind in ("mp3", "aac") else kind


def _first_frame(path: Path, stream: VideoStream) -> VideoFrame | None:
    with containers.open_container(path) as container:
        same = container.streams[stream.index]
        if not isinstance(same, VideoStream):
            return None
        return next(decode_video(same, islice(containers.packets(container, same), _TRIAL_PACKETS)), None)


def _has_decodable_audio(path: Path, stream: AudioStream) -> bool:
    with containers.open_container(path) as container:
        same = container.streams[stream.index]
        if not isinstance(same, AudioStream):
            return False
        for packet in islice(containers.packets(container, same), _TRIAL_PACKETS):
            try:
                if packet.decode():
                    return True
            except av.FFmpegError:
                continue
    return False
