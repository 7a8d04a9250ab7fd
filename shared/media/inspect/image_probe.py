"""Properties of image files."""

from pathlib import Path

from shared.domain.media import MediaType
from shared.media.decode.still_image import decode_image, orientation
from shared.media.inspect.properties import Probe


def probe_image(path: Path, kind: str, max_pixels: int) -> Probe:
    image = decode_image(path, max_pixels=max_pixels)
    rotation = orientation(image)
    width, height = image.size
    if rotation in (90, 270):
        width, height = height, width
    playable = kind in ("jpeg", "png", "webp", "gif")
    return Probe(MediaType.IMAGE, kind, None, width, height, rotation, playable=playable)
