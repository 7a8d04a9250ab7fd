"""The files that are mutated: those of ``tests/media``, and a small file of every other accepted format."""

import io
from pathlib import Path
from typing import Final

import pillow_heif
from PIL import Image

from tests.unit.media.samples import make_audio, make_video, scene

_MEDIA: Final = Path(__file__).parent.parent / "media"
_LARGEST: Final = 500_000
_AUDIO: Final = {
    "a.mp3": "libmp3lame",
    "a.wav": "pcm_s16le",
    "a.flac": "flac",
    "a.aac": "aac",
    "a.opus": "libopus",
}
_VIDEO: Final = {
    "a.mp4": "libx264",
    "fragmented.mp4": "libx264",
    "a.mkv": "libx264",
    "a.avi": "mpeg4",
    "a.ts": "libx264",
    "a.mov": "mpeg4",
}
_PICTURES: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF")


def originals(folder: Path) -> list[bytes]:
    """Return the files' contents, each cut at half a megabyte. Generated files are written to ``folder``."""
    pillow_heif.register_heif_opener()
    files = [path.read_bytes()[:_LARGEST] for path in sorted(_MEDIA.rglob("*.*")) if _is_medium(path)]
    for name, codec in _AUDIO.items():
        files.append(make_audio(folder / name, codec).read_bytes())
    for name, codec in _VIDEO.items():
        options = {"movflags": "frag_keyframe+empty_moov"} if name.startswith("fragmented") else {}
        files.append(make_video(folder / name, codec=codec, options=options).read_bytes())
    return files + [_picture(name) for name in _PICTURES] + [_animation("GIF"), _animation("WEBP")]


def _is_medium(path: Path) -> bool:
    return path.is_file() and path.suffix not in (".md", ".json")


def _picture(name: str) -> bytes:
    content = io.BytesIO()
    Image.fromarray(scene(0, 0, 160, 120)).save(content, name)
    return content.getvalue()


def _animation(name: str) -> bytes:
    frames = [Image.fromarray(scene(index, index, 160, 120)) for index in range(4)]
    content = io.BytesIO()
    frames[0].save(content, name, save_all=True, append_images=frames[1:])
    return content.getvalue()
