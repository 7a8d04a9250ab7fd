"""Answers with files of a build: ranges and entity tags."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from shared.http.site.answers import REVALIDATED, file_answer
from shared.http.site.files import BuiltFiles


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "page.html").write_bytes(b"0123456789")
    file = BuiltFiles(tmp_path).find("page.html")
    assert file is not None

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        answer = file_answer(file, if_none_match=None, cache_control=REVALIDATED, headers={})
        await answer(scope, receive, send)

    return TestClient(application)


@pytest.mark.parametrize(
    "header", ["bytes=5-1", "chars=0-1", "bytes=x", "bytes=-", "bytes", "bytes=0-1,3-4", ""]
)
def test_range_that_cannot_be_read_gives_the_file(client: TestClient, header: str) -> None:
    answer = client.get("/", headers={"Range": header})
    assert (answer.status_code, answer.content) == (200, b"0123456789")


def test_range_gives_its_bytes(client: TestClient) -> None:
    answer = client.get("/", headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["Content-Range"] == "bytes 2-4/10"


def test_range_beyond_the_file_is_refused(client: TestClient) -> None:
    answer = client.get("/", headers={"Range": "bytes=10-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */10")
