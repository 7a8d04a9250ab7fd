"""Reception of JSON bodies."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

import pytest
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Message

from shared.domain.errors import InvalidRequest, PayloadTooLarge, TooManyRequests
from shared.http.admission.admission import Admission
from shared.http.admission.body_memory import FREE_BYTES
from shared.http.bodies.json_body import JsonRequest, receive_json
from shared.http.bodies.limits import BodyKind, BodyLimit, body_limit
from shared.http.offload import Threads
from shared.settings import Settings

Result = TypeVar("Result")


class Note(BaseModel):
    text: str = ""
    numbers: list[int] = []


class CountingThreads(Threads):
    """Threads that count the work that they get."""

    def __init__(self) -> None:
        super().__init__()
        self.works = 0

    async def __call__(self, work: Callable[[], Result]) -> Result:
        self.works += 1
        return await super().__call__(work)


class Sender:
    """Sends bodies and returns what the routes would get."""

    def __init__(self) -> None:
        self.admission = Admission(Settings())
        self.threads = CountingThreads()

    async def send(
        self, *pieces: bytes, kind: str = "application/json", tenant: str = "acme", gone: bool = False
    ) -> JsonRequest:
        messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
        ]
        messages.append({"type": "http.disconnect"} if gone else {"type": "http.request", "body": b""})

        async def receive() -> Message:
            return messages.pop(0)

        scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
        with self.admission.memory.lease(tenant) as lease:
            return await receive_json(
                Request(scope, receive),
                Note,
                tenant_id=tenant,
                limit=BodyLimit("rule", 2_000_000),
                lease=lease,
                admission=self.admission,
                offload=self.threads,
            )


@pytest.fixture
def sender() -> Sender:
    return Sender()


def json_of(request: JsonRequest) -> Any:
    return asyncio.run(request.json())


@pytest.mark.parametrize(("characters", "works"), [(10, 0), (100_000, 1)])
def test_large_body_is_validated_in_a_thread(sender: Sender, characters: int, works: int) -> None:
    received = asyncio.run(sender.send(b'{"text": "', b"x" * characters, b'"}'))
    assert json_of(received) == Note(text="x" * characters)
    assert sender.threads.works == works


def test_bytes_of_parsed_body_are_released(sender: Sender) -> None:
    received = asyncio.run(sender.send(b'{"text": "' + b"x" * 100_000 + b'"}'))
    assert len(asyncio.run(received.body())) < 10


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
def test_json_is_parsed(sender: Sender, kind: str) -> None:
    assert json_of(asyncio.run(sender.send(b'{"text": "a"}', kind=kind))) == Note(text="a")


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", ""])
def test_other_content_type_is_refused_by_name(sender: Sender, kind: str) -> None:
    with pytest.raises(InvalidRequest, match="Content-Type: must be application/json"):
        asyncio.run(sender.send(b'{"text": "a"}', kind=kind))


def test_absent_body_is_left_to_route(sender: Sender) -> None:
    assert asyncio.run(asyncio.run(sender.send(kind="")).body()) == b""


@pytest.mark.parametrize("size", [1, 100_000])
@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (b'{"text": 5, "numbers": [1, "b"]}', ["string_type", "int_parsing"]),
        (b"[]", ["model_attributes_type"]),
        (b"{broken", ["json_invalid"]),
    ],
)
def test_errors_name_field_and_kind(sender: Sender, body: bytes, kinds: Sequence[str], size: int) -> None:
    with pytest.raises(RequestValidationError) as refused:
        asyncio.run(sender.send(b" " * size + body))
    assert [each["type"] for each in refused.value.errors()] == kinds
    assert all(each["loc"][0] == "body" for each in refused.value.errors())


def test_errors_are_limited(sender: Sender) -> None:
    with pytest.raises(RequestValidationError) as refused:
        asyncio.run(sender.send(b'{"numbers": [' + b'"a",' * 40_000 + b"1]}"))
    assert len(refused.value.errors()) == 100


def test_other_faults_have_their_own_errors(sender: Sender) -> None:
    with pytest.raises(HTTPException) as no_text:
        asyncio.run(sender.send(b'{"text": "\xff"}'))
    assert no_text.value.status_code == 400
    with pytest.raises(InvalidRequest):
        asyncio.run(sender.send(b'{"text": "', gone=True))
    with pytest.raises(PayloadTooLarge):
        asyncio.run(sender.send(*[b" " * 500_000] * 5))


def test_one_large_body_is_checked_at_a_time(sender: Sender) -> None:
    """A second thread would only compete for the interpreter's lock."""
    running, most = 0, 0
    lock = threading.Lock()

    class Watched(Threads):
        async def __call__(self, work: Callable[[], Result]) -> Result:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            try:
                return await super().__call__(work)
            finally:
                with lock:
                    running -= 1

    sender.threads = Watched()  # type: ignore[assignment]

    async def all_at_once() -> None:
        await asyncio.gather(*(sender.send(b" " * 10_000 + b"{}") for _ in range(20)))

    asyncio.run(all_at_once())
    assert most == 1


def test_memory_is_shared_between_tenants(sender: Sender) -> None:
    memory = sender.admission.memory
    quarter = Settings().body_memory_bytes // 4 + FREE_BYTES
    with ExitStack() as stack:
        for tenant in ("a", "b", "c", "d"):
            stack.enter_context(memory.lease(tenant)).cover(quarter)
            if tenant == "a":
                with memory.lease("a") as second, pytest.raises(TooManyRequests):
                    second.cover(FREE_BYTES + 1)
        last = stack.enter_context(memory.lease("e"))
        with pytest.raises(TooManyRequests):
            last.cover(FREE_BYTES + 1)
        last.cover(FREE_BYTES)
    assert memory.held == 0


@pytest.mark.parametrize(
    ("kind", "changed", "expected"),
    [
        (BodyKind.PLAIN, {}, BodyLimit("max_plain_body_bytes", 1024**2)),
        (BodyKind.PICTURE, {}, BodyLimit("max_search_picture_bytes", 1024**2 + 8 * 1024**2 * 4 // 3)),
        (BodyKind.PICTURE, {"max_json_body_bytes": 5000}, BodyLimit("max_json_body_bytes", 5000)),
        (BodyKind.PLAIN, {"max_json_body_bytes": 5000}, BodyLimit("max_json_body_bytes", 5000)),
    ],
)
def test_limit_names_the_setting_that_determines_it(
    kind: BodyKind, changed: dict[str, int], expected: BodyLimit
) -> None:
    assert body_limit(Settings(**changed), kind) == expected  # type: ignore[arg-type]
