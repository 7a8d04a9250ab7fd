"""Tests of posters and previews: content, orientation, size."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared.media.decode.still_image import to_jpeg
from shared.media.derive.poster import poster
from shared.media.derive.preview import animated_preview, media_preview
from shared.media.inspect.probe import probe
from tests.unit.media.samples import make_audio, make_video, scene

REEL = Path(__file__).parents[3] / "media" / "sample-reel.mp4"


def shown(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_video_poster_is_upright_key_frame(tmp_path: Path) -> None:
    reel = shown(poster(REEL, probe(REEL)))
    assert (reel.format, reel.size) == ("JPEG", (640, 360))
    phone = make_video(tmp_path / "phone.mp4", rotation=-90)
    image = shown(poster(phone, probe(phone)))
    assert image.size == (120, 160)
    assert np.asarray(image)[10, -10].mean() > 200


def test_poster_is_not_uniform(tmp_path: Path) -> None:
    path = make_video(tmp_path / "clip.mp4", seconds=2.0)
    assert np.asarray(shown(poster(path, probe(path)))).std() > 20


def test_poster_of_audio_and_of_image(tmp_path: Path) -> None:
    tone = make_audio(tmp_path / "tone.mp3", "libmp3lame")
    wave = shown(poster(tone, probe(tone)))
    assert wave.width == 640
    assert np.asarray(wave).std() > 20
    path = tmp_path / "wide.png"
    Image.new("RGBA", (1600, 400), (255, 0, 0, 0)).save(path)
    image = shown(poster(path, probe(path)))
    assert image.size == (640, 160)
    assert np.asarray(image).mean() > 250, "transparent is shown on white"


def test_preview_is_limited_in_size_and_frames() -> None:
    images = [scene(i, i, 640, 360) for i in range(30)]
    gif = shown(animated_preview([*images, to_jpeg(images[0])]))
    assert (gif.format, gif.size) == ("GIF", (320, 180))
    assert getattr(gif, "n_frames", 1) <= 12
    with pytest.raises(ValueError, match="picture"):
        animated_preview([])


def test_preview_of_video_and_of_audio(tmp_path: Path) -> None:
    reel = shown(media_preview(REEL, probe(REEL)))
    assert getattr(reel, "n_frames", 1) == 8
    clip = make_video(tmp_path / "clip.mp4", keyframes=1000)
    assert getattr(shown(media_preview(clip, probe(clip))), "n_frames", 1) >= 4
    tone = make_audio(tmp_path / "tone.wav", "pcm_s16le")
    assert getattr(shown(media_preview(tone, probe(tone))), "n_frames", 1) == 8
