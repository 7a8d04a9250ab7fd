"""The pictures of the console in the documentation: taken by the tests that open its pages.

``UPDATE_PICTURES=1 pytest tests/browser`` takes them again. Otherwise a test checks that they are there.
"""

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Page, ViewportSize

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures" / "console"
SIZES: Final = {390: 844, 820: 1180, 1440: 900}
"""Widths of a phone, a tablet and a desktop, each with its height, in pixels."""
_QUALITIES: Final = (82, 70, 58, 46)
_LARGEST: Final = 60_000
"""Bytes of a picture. A larger one is written with the next quality."""

_PICTURES_ARE_LOADED: Final = """() =>
 [...document.querySelectorAll('img, [data-picture=pending]')].every(each => {
  const place = each.getBoundingClientRect();
  const isSeen = place.bottom > 0 && place.right > 0 && place.top < innerHeight && place.left < innerWidth;
  if (!isSeen || each.dataset.picture === 'missing') return true;
  return each.dataset.picture !== 'pending' && each.complete && each.naturalWidth > 0;
})"""

Theme = Literal["light", "dark"]


def picture_path(name: str, width: int, folder: Path = PICTURES) -> Path:
    """Return where the picture of a page lies: ``library`` at 390 pixels is ``library-390.webp``."""
    return folder / f"{name}-{width}.webp"


def show_in_documentation(
    page: Page,
    name: str,
    *,
    theme: Theme = "light",
    widths: Sequence[int] = tuple(SIZES),
    folder: Path = PICTURES,
) -> None:
    """Show ``page`` at each width, and save or check its picture in the documentation.

    The page has to be at rest: call this after the states that the picture shows are visible. The page keeps
    its first size and colour scheme afterwards. With ``UPDATE_PICTURES=1``, the pictures are written;
    otherwise each of them has to exist.
    """
    paths = {width: picture_path(name, width, folder) for width in widths}
    if not os.environ.get("UPDATE_PICTURES"):
        for path in paths.values():
            assert path.is_file(), f"{path.name} is missing: run the test with UPDATE_PICTURES=1"
        return
    size = page.viewport_size
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    try:
        for width, path in paths.items():
            page.set_viewport_size(ViewportSize(width=width, height=SIZES[width]))
            _save(page, path)
    finally:
        page.emulate_media(color_scheme=None, reduced_motion=None)
        if size is not None:
            page.set_viewport_size(size)


def _save(page: Page, path: Path) -> None:
    page.wait_for_function(_PICTURES_ARE_LOADED)
    shown = page.screenshot(animations="disabled", caret="hide")
    with Image.open(BytesIO(shown)) as picture:
        assert len(set(picture.resize((64, 64)).convert("L").tobytes())) > 1, f"{path.name}: a blank page"
        path.parent.mkdir(parents=True, exist_ok=True)
        for quality in _QUALITIES:
            picture.convert("RGB").save(path, "WEBP", quality=quality, method=6)
            if path.stat().st_size <= _LARGEST:
                return
