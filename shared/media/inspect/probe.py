"""Media properties, measured from a file's content.

Accepted formats: video in MP4, AVI, MKV, MOV, WebM, MPEG transport streams; audio in MP3, WAV, FLAC, M4A,
Ogg, AAC; images in JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, HEIF. A container with audio only is audio,
whatever its name. Cover art is not video. An animated image is an image, represented by one frame.

Truncated files are accepted if something can be decoded, with the duration that is present. An MP4 without
its index, and any file of which nothing can be decoded, is refused.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shared.domain.errors import UnsupportedMedia
from shared.domain.media import MediaType
from shared.media.decode import container as containers
from shared.media.decode.frames import Geometry, decode_video
from shared.media.decode.still_image import MAX_PIXELS
from shared.media.inspect.browser_support import plays
from shared.media.inspect.extent import has_variable_rate, measured_extent
from shared.media.inspect.formats.chained_ogg import link_warnings
from shared.media.inspect.formats.edit_list import joins_stretches
from shared.media.inspect.formats.unsupported_recording import unsupported_recording
from shared.media.inspect.image_probe import probe_image
from shared.media.inspect.mp4_boxes import has_index
from shared.media.inspect.properties import Probe
from shared.media.inspect.refusal import refuse_protected, undecodable
from shared.media.inspect.signature import IMAGES, signature
from shared.media.inspect.source_streams import (
    Content,
    content_of,
    described,
    stream_warnings,
    time_warnings,
)
from shared.media.inspect.unsupported_picture import unsupported_picture
from shared.media.inspect.video_playback import dolby_vision_warnings, must_encode

MAX_AUDIO_SECONDS: Final = 7200.0
_DIGITS: Final = 6  # microseconds, as FFmpeg counts
_FASTEST_RATE: Final = 300  # a higher value is a time base, not a frame rate


def probe(path: Path, *, max_audio_seconds: float = MAX_AUDIO_SECONDS, max_pixels: int = MAX_PIXELS) -> Probe:
    """Examine the file at ``path``.

    The work is bounded by the file's size: all packets may be read, but only a few frames are decoded.

    Raises:
        UnsupportedMedia: with code media_empty, unsupported_format, media_truncated, media_undecodable,
            media_has_no_streams, media_encrypted, unsupported_codec, media_zero_duration, media_too_long or
            picture_too_large.
    """
    if path.stat().st_size == 0:
        raise UnsupportedMedia("The file is empty.", code="media_empty")
    kind = signature(path)
    if kind is None:
        raise UnsupportedMedia(_unsupported_format(path), code="unsupported_format")
    if kind in IMAGES:
        return probe_image(path, kind, max_pixels)
    if kind in ("mp4", "mov") and not has_index(path):
        raise UnsupportedMedia(
            "The video is cut off: its index is missing. Upload the whole file.", code="media_truncated"
        )
    with containers.open_container(path) as container:
        return _probe_timed_medium(path, container, kind, max_audio_seconds, max_pixels)


def _unsupported_format(path: Path) -> str:
    if (name := unsupported_picture(path)) is not None:
        return f"{name} files are not supported. Convert the file to JPEG or PNG."
    if (name := unsupported_recording(path)) is not None:
        return f"{name} files are not supported. Convert the file to MP4, or to MP3 if it is sound only."
    return "This is not a video, audio or picture format that is supported."


def _probe_timed_medium(
    path: Path, container: InputContainer, kind: str, max_audio_seconds: float, max_pixels: int
) -> Probe:
    refuse_protected(path, container)
    _check_picture_size(container, min(max_pixels, containers.MAX_FRAME_PIXELS))
    content = content_of(path, container)
    if not content.used:
        raise undecodable(path, container)
    streams = described(path, container, content)
    extent = measured_extent(path, container, content.used, content.kept)
    duration = round(extent.duration, _DIGITS)
    if duration <= 0:
        raise UnsupportedMedia("The medium has no duration.", code="media_zero_duration")
    frame = None if content.video is None else _first_frame(path, content.video)
    if content.video is None or frame is None:
        found = _probe_audio(container, kind, content, duration, max_audio_seconds)
    else:
        found = _probe_video(path, container, kind, content.video, frame, content, duration)
    must_encode_audio = extent.changes_audio or any(map(joins_stretches, content.audio))
    return replace(
        found,
        playable=found.playable
        and extent.is_continuous
        and not must_encode_audio
        and _is_played_by_browsers(container, content),
        # Seeks in raw AAC count bytes at the first sampling rate.
        is_continuous=extent.is_continuous and not (kind in ("aac", "mp3") and extent.changes_audio),
        must_encode_audio=must_encode_audio,
        has_restarts=extent.restarts > 0,
        streams=streams,
        warnings=(
            *found.warnings,
            *stream_warnings(streams),
            *time_warnings(extent),
            *(link_warnings(path) if kind == "ogg" else ()),
        ),
    )


def _check_picture_size(container: InputContainer, limit: int) -> None:
    video = containers.video_stream(container)
    if video is not None and video.codec_context.width * video.codec_context.height > limit:
        raise UnsupportedMedia("The video's picture has too many pixels.", code="picture_too_large")


def _is_played_by_browsers(container: InputContainer, content: Content) -> bool:
    """Return whether browsers play the content's streams, and no others, of the unchanged file.

    They play the first audio stream that the file marks as default, or the first, and refuse a video stream
    that they do not know, such as a picture without the flag of a cover.
    """
    audio = container.streams.audio
    marked = [stream for stream in audio if stream.disposition & Disposition.default] or audio
    pictures = (stream for stream in container.streams.video if stream is not content.video)
    return (
        content.audio == tuple(audio[:1])
        and content.audio == tuple(marked[:1])
        and all(stream.disposition & Disposition.attached_pic for stream in pictures)
    )


def _probe_audio(
    container: InputContainer, kind: str, content: Content, duration: float, max_seconds: float
) -> Probe:
    if duration > max_seconds:
        raise UnsupportedMedia(
            f"The audio is {duration / 60:.0f} minutes long; at most {max_seconds / 60:.0f} are accepted.",
            code="media_too_long",
            details={"duration_seconds": duration, "max_seconds": max_seconds},
        )
    audio = content.audio[0] if content.audio else None
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
    content: Content,
    duration: float,
) -> Probe:
    audio = content.audio[0] if content.audio else None
    geometry = Geometry.of(frame, video)
    width, height = geometry.shown_size(frame.width, frame.height)
    codec = video.codec_context.codec.canonical_name
    audio_codec = None if audio is None else audio.codec_context.codec.canonical_name
    name = _container_name(container, kind)
    rate = video.average_rate or video.guessed_rate
    wrongly_shown = must_encode(path, video, frame) or joins_stretches(video)
    return Probe(
        media_type=MediaType.VIDEO,
        container=name,
        duration_seconds=duration,
        width=width,
        height=height,
        rotation=geometry.rotation,
        frame_rate=float(rate) if rate and rate <= _FASTEST_RATE else None,
        variable_frame_rate=has_variable_rate(path, video),
        has_audio=audio is not None,
        has_video=True,
        video_codec=codec,
        audio_codec=audio_codec,
        audio_rate=None if audio is None else audio.codec_context.sample_rate,
        pixel_format=frame.format.name,
        pixel_aspect=geometry.pixel_aspect,
        mirrored=geometry.mirrored,
        must_encode_video=wrongly_shown,
        playable=not wrongly_shown
        and plays(name, video_codec=codec, pixel_format=frame.format.name, audio_codec=audio_codec),
        warnings=dolby_vision_warnings(video, frame),
    )


def _container_name(container: InputContainer, kind: str) -> str:
    """Return the container's name. A tag or the middle of a frame hides the format, but the demuxer detects
    it."""
    match container.format.name:
        case "mov,mp4,m4a,3gp,3g2,mj2":
            return kind if kind in ("mp4", "mov") else "mp4"
        case "matroska,webm":
            return kind if kind in ("mkv", "webm") else "mkv"
        case "mpegts":
            return "ts"
        case name:
            return name


def _first_frame(path: Path, stream: VideoStream) -> VideoFrame | None:
    with containers.open_container(path) as container:
        (same,) = containers.matching_streams(container, [stream])
        if not isinstance(same, VideoStream):
            return None
        return next(decode_video(same, containers.packets(container, same)), None)
