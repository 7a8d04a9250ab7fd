"""Properties of image files."""

from pathlib import Path

from shared.domain.media import MediaType
from shared.media.decode.still_image import measure_image
from shared.media.inspect.properties import Probe


def probe_image(path: Path, kind: str, max_pixels: int) -> Probe:
    """Decode the image once, at a reduced size.

    Raises:
        UnsupportedMedia: ``picture_too_large``, ``media_truncated``, ``unsupported_codec`` or
            ``media_undecodable``.
    """
    measured = measure_image(path, max_pixels)
    return Probe(
        MediaType.IMAGE,
        kind,
        None,
        measured.width,
        measured.height,
        measured.rotation,
        playable=kind in ("jpeg", "png", "webp", "gif"),
        warnings=tuple(measured.warnings),
    )
