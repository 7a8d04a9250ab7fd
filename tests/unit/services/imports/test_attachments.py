"""Checks of attachments before their import."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from shared.domain.errors import InvalidRequest
from shared.ports.uri_fetcher import Fetched, UriRefused
from shared.services.imports.attachments import Attachment, check_attachments


class Fetcher:
    """Refuses addresses that contain ``private``, and keeps what it has checked."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def check(self, uri: str) -> None:
        self.checked.append(uri)
        if "private" in uri:
            raise UriRefused("leads into a private network")

    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        raise AssertionError("nothing is fetched here")


def _attachments(*names: str) -> list[Attachment]:
    return [Attachment(download_url=f"https://{name}/", file_id=name) for name in names]


def test_refused_address_is_named() -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_attachments(_attachments("a", "private"), Fetcher())
    assert (refused.value.field, refused.value.rule) == (
        "files.1.download_url",
        "leads into a private network",
    )


def test_id_that_occurs_twice_is_refused_before_any_look_up() -> None:
    fetcher = Fetcher()
    with pytest.raises(InvalidRequest) as refused:
        check_attachments(_attachments("a", "b", "a"), fetcher)
    assert (refused.value.field, fetcher.checked) == ("files.2.file_id", [])


def test_slow_look_ups_of_many_hosts_end_after_ten_seconds() -> None:
    fetcher, seconds = Fetcher(), count(step=4)
    check_attachments(_attachments("a", "b", "c", "d"), fetcher, clock=lambda: next(seconds))
    assert fetcher.checked == ["https://a/", "https://b/"]


@pytest.mark.parametrize(
    ("url", "file_name", "mime_type", "name"),
    [
        ("https://a/films/walk.mp4?token=1#t", None, None, "walk.mp4"),
        ("https://a/films/walk.mp4", "folder/Other.mov", "video/mp4", "Other.mov"),
        ("https://a/download", None, "video/mp4", "download.mp4"),
        ("https://a/download", None, "x/unknown", "download"),
        ("https://a/", None, "image/png", "a.png"),
    ],
)
def test_name_is_of_the_sender_or_of_the_address(
    url: str, file_name: str | None, mime_type: str | None, name: str
) -> None:
    attachment = Attachment(download_url=url, file_id="1", file_name=file_name, mime_type=mime_type)
    assert attachment.name == name
