"""Formats that Chrome, Firefox and Safari all play from a plain file. Names are FFmpeg's."""

from typing import Final

_MP4_VIDEO: Final = frozenset({"h264"})
_MP4_AUDIO: Final = frozenset({"aac", "mp3"})
_WEBM_VIDEO: Final = frozenset({"vp8", "vp9", "av1"})
_WEBM_AUDIO: Final = frozenset({"opus", "vorbis"})
_EIGHT_BIT: Final = frozenset({"yuv420p", "yuvj420p"})
_AUDIO: Final[dict[str, frozenset[str]]] = {
    "mp3": frozenset({"mp3"}),
    "mp4": _MP4_AUDIO,
    "wav": frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"}),
    "flac": frozenset({"flac"}),
    "ogg": frozenset({"vorbis", "opus", "flac"}),
    "webm": _WEBM_AUDIO,
}


def video_fits_mp4(codec: str, pixel_format: str) -> bool:
    """Return whether the stream can be copied into an MP4 that browsers play."""
    return codec in _MP4_VIDEO and pixel_format in _EIGHT_BIT


def audio_fits_mp4(codec: str | None) -> bool:
    return codec is None or codec in _MP4_AUDIO


def plays(
    container: str,
    *,
    video_codec: str | None = None,
    pixel_format: str | None = None,
    audio_codec: str | None = None,
) -> bool:
    """Return whether browsers play a file with these streams unchanged."""
    if video_codec is None:
        return audio_codec in _AUDIO.get(container, frozenset())
    if pixel_format not in _EIGHT_BIT:
        return False
    if container == "mp4":
        return video_codec in _MP4_VIDEO and audio_fits_mp4(audio_codec)
    if container == "webm":
        return video_codec in _WEBM_VIDEO and (audio_codec is None or audio_codec in _WEBM_AUDIO)
    return False
