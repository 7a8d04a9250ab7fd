"""Pictures of pages are written on request, and checked otherwise."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.pictures import SIZES, picture_path, show_in_documentation


def test_picture_is_written_on_request_and_required(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    page.set_content("<h1>A page</h1>")
    monkeypatch.delenv("UPDATE_PICTURES", raising=False)
    with pytest.raises(AssertionError, match=r"page-390\.webp is missing"):
        show_in_documentation(page, "page", folder=tmp_path)

    monkeypatch.setenv("UPDATE_PICTURES", "1")
    show_in_documentation(page, "page", theme="dark", folder=tmp_path)
    for width, height in SIZES.items():
        with Image.open(picture_path("page", width, tmp_path)) as picture:
            assert (picture.format, picture.size) == ("WEBP", (width, height))

    monkeypatch.delenv("UPDATE_PICTURES")
    show_in_documentation(page, "page", folder=tmp_path)
    assert page.viewport_size == {"width": 1000, "height": 700}
    page.set_content("")
    monkeypatch.setenv("UPDATE_PICTURES", "1")
    with pytest.raises(AssertionError, match="blank"):
        show_in_documentation(page, "page", folder=tmp_path)
    page.close()
