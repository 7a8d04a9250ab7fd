"""Combinations of container and codecs that browsers play."""

import pytest

from shared.media.inspect.browser_support import audio_fits_mp4, plays, video_fits_mp4


@pytest.mark.parametrize(
    ("container", "video", "pixels", "audio", "playable"),
    [
        ("mp4", "h264", "yuv420p", "aac", True),
        ("mp4", "h264", "yuvj420p", "mp3", True),
        ("mp4", "h264", "yuv420p", None, True),
        ("mp4", "h264", "yuv420p", "opus", False),
        ("mp4", "h264", "yuv420p10le", "aac", False),
        ("mp4", "h264", "yuv444p", "aac", False),
        ("mp4", "h264", None, "aac", False),
        ("mp4", "hevc", "yuv420p", "aac", False),
        ("webm", "vp9", "yuv420p", "opus", True),
        ("webm", "av1", "yuv420p", None, True),
        ("webm", "vp8", "yuv420p", "vorbis", True),
        ("webm", "vp9", "yuv420p", "aac", False),
        ("webm", "h264", "yuv420p", "opus", False),
        ("webm", "vp9", "yuv420p10le", "opus", False),
        ("mkv", "h264", "yuv420p", "aac", False),
        ("mov", "h264", "yuv420p", "aac", False),
    ],
)
def test_video_that_browsers_play(
    container: str, video: str, pixels: str | None, audio: str | None, playable: bool
) -> None:
    assert plays(container, video_codec=video, pixel_format=pixels, audio_codec=audio) is playable


@pytest.mark.parametrize(
    ("container", "codec", "playable"),
    [
        ("mp3", "mp3", True),
        ("mp4", "aac", True),
        ("mp4", "mp3", True),
        ("mp4", "alac", False),
        ("wav", "pcm_s16le", True),
        ("wav", "pcm_s32le", False),
        ("wav", "adpcm_ms", False),
        ("flac", "flac", True),
        ("ogg", "opus", True),
        ("ogg", "speex", False),
        ("webm", "opus", True),
        ("aac", "aac", False),
        ("mp3", None, False),
    ],
)
def test_audio_that_browsers_play(container: str, codec: str | None, playable: bool) -> None:
    assert plays(container, audio_codec=codec) is playable


def test_streams_that_are_copied_into_mp4() -> None:
    assert video_fits_mp4("h264", "yuv420p")
    assert not video_fits_mp4("h264", "yuv422p")
    assert not video_fits_mp4("vp9", "yuv420p")
    assert [audio_fits_mp4(codec) for codec in ("aac", "mp3", None, "opus", "flac")] == [
        *(True, True, True),
        *(False, False),
    ]
