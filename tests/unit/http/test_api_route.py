"""The order of a request: credential, scope, then the body."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import pytest
from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient
from starlette.types import Message

from shared.domain.access import Scope
from shared.http.admission.admission import Admission, Lane
from shared.http.admission.body_memory import FREE_BYTES
from shared.http.admission.fair_queue import CODE, FairQueue, QueueLimits
from shared.http.api_route import ApiRouter
from shared.http.app import create_app
from shared.http.call import Call, authorised
from shared.http.openapi import PICTURE_BODY
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings

PLAIN: Final = 100_000
PICTURE: Final = 90_000
WHOLE: Final = 160_000
SETTINGS: Final[dict[str, Any]] = {
    "max_plain_body_bytes": PLAIN,
    "max_search_picture_bytes": PICTURE * 3 // 4,
    "max_json_body_bytes": WHOLE,
    "body_memory_bytes": WHOLE,
}
WRITER: Final = "writer"
READER: Final = "reader"
NOBODY: Final = "nobody"


class Note(BaseModel):
    text: str
    numbers: list[int] = []


router = ApiRouter()


@router.post("/notes")
async def note(body: Note, call: Annotated[Call, Depends(authorised(Scope.WRITE))]) -> Note:
    return body


@router.post("/pictures", openapi_extra=PICTURE_BODY)
async def picture(body: Note, call: Annotated[Call, Depends(authorised(Scope.WRITE))]) -> int:
    return len(body.text)


@router.post("/cancel")
async def cancel(call: Annotated[Call, Depends(authorised(Scope.WRITE))]) -> str:
    return "cancelled"


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path / "data", **SETTINGS))


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return create_app([router], runtime)


@pytest.fixture
def keys(runtime: Runtime) -> dict[str, str]:
    create = runtime.access.api_keys.create
    return {
        WRITER: create("acme", "usr_1", "key", [Scope.WRITE])[1],
        READER: create("acme", "usr_1", "key", [Scope.READ])[1],
        NOBODY: "sk_live_" + "0" * 48,
    }


@pytest.fixture
def client(app: FastAPI, keys: dict[str, str]) -> TestClient:
    return TestClient(app, "http://testserver/api/v2", headers={"X-API-Key": keys[WRITER]})


class Reading:
    """One request whose body is offered piece by piece. It counts what the application reads."""

    def __init__(self, *headers: tuple[str, str], pieces: int = 10) -> None:
        self._headers = headers
        self._pieces = pieces
        self.pieces_read = 0
        self.status = 0
        self.body = b""

    async def _receive(self) -> Message:
        self.pieces_read += 1
        return {"type": "http.request", "body": b" " * 50_000, "more_body": self.pieces_read < self._pieces}

    async def _send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")

    async def request(self, app: FastAPI, path: str) -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/api/v2{path}",
            "raw_path": b"",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in self._headers],
        }
        await app(scope, self._receive, self._send)

    def run(self, app: FastAPI, path: str) -> "Reading":
        asyncio.run(self.request(app, path))
        return self

    @property
    def error(self) -> Any:
        return json.loads(self.body)["error"]


JSON: Final = ("content-type", "application/json")
CHUNKED: Final = ("transfer-encoding", "chunked")


@pytest.mark.parametrize(("who", "status"), [(None, 401), (NOBODY, 401), (READER, 403)])
@pytest.mark.parametrize("path", ["/notes", "/pictures", "/cancel"])
def test_body_of_refused_caller_is_not_read(
    app: FastAPI, keys: dict[str, str], who: str | None, status: int, path: str
) -> None:
    headers = [JSON, CHUNKED] + ([("x-api-key", keys[who])] if who else [])
    reading = Reading(*headers).run(app, path)
    assert (reading.status, reading.pieces_read) == (status, 0)


@pytest.mark.parametrize("path", ["/unknown", "/cancel"])
def test_body_that_no_route_wants_is_not_read(app: FastAPI, keys: dict[str, str], path: str) -> None:
    reading = Reading(JSON, CHUNKED, ("x-api-key", keys[WRITER])).run(app, path)
    assert (reading.status, reading.pieces_read) == (200 if path == "/cancel" else 404, 0)


@pytest.mark.parametrize(
    ("path", "limit", "rule"),
    [("/notes", PLAIN, "max_plain_body_bytes"), ("/pictures", WHOLE, "max_json_body_bytes")],
)
def test_announced_size_over_limit_is_refused_unread(
    app: FastAPI, keys: dict[str, str], path: str, limit: int, rule: str
) -> None:
    headers = JSON, ("x-api-key", keys[WRITER]), ("content-length", str(limit + 1))
    reading = Reading(*headers).run(app, path)
    assert (reading.status, reading.pieces_read) == (413, 0)
    assert reading.error["details"] == {"rule": rule, "limit": limit}


@pytest.mark.parametrize(("path", "pieces"), [("/notes", 3), ("/pictures", 4)])
def test_chunked_body_is_read_up_to_limit(app: FastAPI, keys: dict[str, str], path: str, pieces: int) -> None:
    reading = Reading(JSON, CHUNKED, ("x-api-key", keys[WRITER])).run(app, path)
    assert (reading.status, reading.pieces_read) == (413, pieces)


def test_body_beyond_memory_of_tenant_is_refused_unread(app: FastAPI, keys: dict[str, str]) -> None:
    admission: Admission = app.state.admission
    headers = JSON, ("x-api-key", keys[WRITER]), ("content-length", str(PLAIN))
    with admission.memory.lease("acme") as lease:
        lease.cover(WHOLE + FREE_BYTES)
        reading = Reading(*headers).run(app, "/notes")
    assert (reading.status, reading.pieces_read) == (429, 0)
    assert reading.error["code"] == CODE
    assert Reading(*headers, pieces=2).run(app, "/notes").status == 400
    assert admission.memory.held == 0


def test_body_that_could_not_be_processed_is_not_read(app: FastAPI, keys: dict[str, str]) -> None:
    """The tenant holds the only slot for pictures, and as many requests wait as are allowed to."""
    queue = FairQueue("picture searches", 1, QueueLimits(per_tenant=1, total=9, seconds=600.0))
    app.state.admission.lanes[Lane.PICTURE_SEARCH] = queue
    reading = Reading(JSON, CHUNKED, ("x-api-key", keys[WRITER]))

    async def scenario() -> None:
        async with queue.slot("acme"):
            waiting = asyncio.create_task(_pass(queue))
            await asyncio.sleep(0)
            await reading.request(app, "/pictures")
        await waiting

    asyncio.run(scenario())
    assert (reading.status, reading.pieces_read) == (429, 0)


async def _pass(queue: FairQueue) -> None:
    async with queue.slot("acme"):
        pass


def in_pieces(body: bytes) -> Iterator[bytes]:
    yield from (body[at : at + 7] for at in range(0, len(body), 7))


def test_body_up_to_limit_reaches_route(client: TestClient) -> None:
    for path, limit in (("/notes", PLAIN), ("/pictures", WHOLE)):
        body = b'{"text": "' + b"x" * (limit - 12) + b'"}'
        assert len(body) == limit
        for content in (body, in_pieces(body)):
            answer = client.post(path, content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code == 200


def test_body_needs_single_model() -> None:
    with pytest.raises(TypeError, match="must be one model"):

        @ApiRouter().post("/list")
        async def refused(body: list[int], call: Annotated[Call, Depends(authorised(Scope.READ))]) -> None:
            """Never called."""


def test_body_needs_credential() -> None:
    with pytest.raises(TypeError, match="without a credential"):

        @ApiRouter().post("/open")
        async def refused(body: Note) -> None:
            """Never called."""


def test_plain_router_fails_instead_of_reading_first(runtime: Runtime, keys: dict[str, str]) -> None:
    plain = APIRouter()
    plain.post("/notes")(note)
    client = TestClient(
        create_app([plain], runtime), "http://testserver/api/v2", raise_server_exceptions=False
    )
    answer = client.post("/notes", json={"text": "a"}, headers={"X-API-Key": keys[WRITER]})
    assert answer.status_code == 500
