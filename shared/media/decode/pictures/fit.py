"""The size to which a picture is reduced."""

from math import ceil, sqrt
from typing import Final

from pydantic import BaseModel, ConfigDict

MAX_SIDE: Final = 65_500
"""The largest side of a JPEG file, in pixels, as libjpeg writes it."""

MAX_CANVAS_PIXELS: Final = 50_000_000
"""The largest picture that a decoder returns or writes: 200 MB in Pillow."""


class Fit(BaseModel):
    """Upper bounds of a reduced picture in pixels. ``side`` bounds both sides, ``short_side`` the shorter
    one."""

    model_config = ConfigDict(frozen=True)

    side: int = MAX_SIDE
    width: int = MAX_SIDE
    short_side: int = MAX_SIDE
    pixels: int = MAX_CANVAS_PIXELS

    def scale(self, width: int, height: int) -> float:
        """Return the factor, at most 1, by which a picture is reduced."""
        return min(
            1.0,
            self.width / width,
            self.short_side / min(width, height),
            self.side / max(width, height),
            sqrt(self.pixels / (width * height)),
        )

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the size of the reduced picture. A side is never below one pixel."""
        scale = self.scale(width, height)
        return max(1, round(width * scale)), max(1, round(height * scale))


def reduction(width: int, height: int, scale: float) -> int:
    """Return the whole factor by which bands are averaged before the last, exact step.

    The averaged picture is at least as large as the scaled one, unless it would pass
    ``MAX_CANVAS_PIXELS``.
    """
    factor = max(1, int(1 / scale))
    while ceil(width / factor) * ceil(height / factor) > MAX_CANVAS_PIXELS:
        factor += 1
    return factor
