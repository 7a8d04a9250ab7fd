"""Arrays that are sent while they are produced, through an application with real lanes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Final

import pytest
from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.domain.errors import ConnectionFailed
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.app import API_PREFIX, create_app
from shared.http.call import Call, authorised
from shared.http.streamed_array import ArrayText, Pages, array_in
from shared.runtime import Runtime
from shared.runtime.local import LocalPorts, local_runtime
from shared.settings import Settings

PAGE: Final = 400
FAILURE: Final = "The store is gone."


class Line(BaseModel):
    number: int


class WholePorts(LocalPorts):
    streams_answers: ClassVar[bool] = False


@dataclass
class Pager:
    """Produces ``pages`` pages with gaps between them, and then fails if it shall."""

    pages: int = 0
    fails: bool = False
    is_open: bool = False
    produced: int = 0

    def __call__(self) -> Pages:
        self.is_open = True
        try:
            for page in range(self.pages):
                self.produced += 1
                yield [Line(number=page * PAGE + number) for number in range(PAGE)]
                yield []
            if self.fails:
                raise ConnectionFailed(FAILURE, code="connector_no_answer")
        finally:
            self.is_open = False


@pytest.fixture
def pager() -> Pager:
    return Pager()


def client_of(runtime: Runtime, pager: Pager) -> TestClient:
    router = ApiRouter()

    @router.get("/lines", response_model=list[Line])
    async def lines(call: Annotated[Call, Depends(authorised(Scope.READ))]) -> Response:
        return await array_in(call, Lane.STORE, pager)

    _, key = runtime.access.api_keys.create("acme", "usr_1", "key", [Scope.READ])
    base_url = f"http://testserver{API_PREFIX}"
    return TestClient(create_app([router], runtime), base_url=base_url, headers={"X-API-Key": key})


@pytest.fixture
def client(tmp_path: Path, pager: Pager) -> TestClient:
    return client_of(local_runtime(Settings(data_folder=tmp_path / "data")), pager)


@pytest.mark.parametrize(("pages", "is_whole"), [(0, True), (1, True), (2, True), (3, False), (50, False)])
def test_array_has_every_element_once(client: TestClient, pager: Pager, pages: int, is_whole: bool) -> None:
    pager.pages = pages
    answer = client.get("/lines")
    assert [line["number"] for line in answer.json()] == list(range(pages * PAGE))
    assert ("content-length" in answer.headers) is is_whole
    assert answer.headers["content-type"] == "application/json"
    assert not pager.is_open


def test_error_before_the_answer_begins_has_its_status(client: TestClient, pager: Pager) -> None:
    pager.pages, pager.fails = 1, True
    answer = client.get("/lines")
    assert (answer.status_code, answer.json()["error"]["message"]) == (502, FAILURE)
    assert not pager.is_open


def test_error_in_the_middle_leaves_no_complete_array(client: TestClient, pager: Pager) -> None:
    pager.pages, pager.fails = 5, True
    answer = client.get("/lines")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    array, _, error = answer.text.rpartition("\n")
    assert len(json.loads(array + "]")) == 5 * PAGE
    assert json.loads(error)["error"]["message"] == FAILURE


def test_slots_are_free_after_every_kind_of_end(client: TestClient, pager: Pager) -> None:
    """The lane has 4 slots of a tenant: a slot that is not freed makes the fifth request wait."""
    for pages, fails in [(0, False), (5, False), (0, True), (5, True)] * 2:
        pager.pages, pager.fails = pages, fails
        client.get("/lines")
    assert not pager.is_open


def test_runtime_that_sends_answers_whole_has_status_for_late_error(tmp_path: Path, pager: Pager) -> None:
    settings = Settings(data_folder=tmp_path / "data")
    client = client_of(Runtime(WholePorts(settings)), pager)
    pager.pages, pager.fails = 5, True
    assert client.get("/lines").status_code == 502
    pager.fails = False
    assert len(client.get("/lines").json()) == 5 * PAGE


def test_text_is_sent_once_its_time_has_passed() -> None:
    pages = Pager(pages=5)
    text = ArrayText(pages())
    assert text.read_head(elements=10_000, seconds=0.0) == b""
    assert text.read_head(elements=0, seconds=600.0).startswith(b"[{")
    assert text.read() == b" "
    text.close()
    assert (pages.produced, pages.is_open) == (1, False)
