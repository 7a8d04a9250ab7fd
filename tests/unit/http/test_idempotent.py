"""Requests with an Idempotency-Key: one effect, one answer."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.errors import Conflict, IdempotencyMismatch, InvalidRequest, Unavailable
from shared.http import idempotent
from shared.http.idempotent import REPLAYED, Once, idempotency_key
from shared.http.offload import InPlace
from shared.services.records.idempotency import Idempotency, InProgress
from tests.waiting import wait_until


class Made(BaseModel):
    name: str = Field(alias="Name")


class Work:
    """Makes a resource from a seed, or fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.seeds: list[str] = []

    async def __call__(self, seed: str) -> BaseModel:
        self.seeds.append(seed)
        if self.failures:
            raise self.failures.pop(0)
        return Made(Name=seed)


Send = Callable[..., Coroutine[None, None, JSONResponse]]


@pytest.fixture
def records(tmp_path: Path) -> SqliteRecords:
    return SqliteRecords(tmp_path / "records.sqlite")


@pytest.fixture
def send(records: SqliteRecords) -> Send:
    once = Once(Idempotency(records, keep_hours=1), InPlace())

    async def send(
        work: Callable[[str], Awaitable[BaseModel]], content: Any = None, tenant: str = "acme", key: str = "k"
    ) -> JSONResponse:
        return await once.answer(tenant, "POST /indexes", key, content or {"name": "a"}, work, 201)

    return send


@pytest.mark.parametrize(("key", "valid"), [("", False), ("k", True), ("k" * 255, True), ("k" * 256, False)])
def test_key_has_1_to_255_characters(key: str, valid: bool) -> None:
    request = Request({"type": "http", "headers": [(b"idempotency-key", key.encode())]})
    if valid:
        assert idempotency_key(request) == key
        return
    with pytest.raises(InvalidRequest) as refused:
        idempotency_key(request)
    assert refused.value.field == "Idempotency-Key"


def test_request_without_key_has_none() -> None:
    assert idempotency_key(Request({"type": "http", "headers": []})) is None


def test_second_request_gets_first_answer(send: Send) -> None:
    async def both() -> tuple[JSONResponse, JSONResponse]:
        return await send(work), await send(work)

    work = Work()
    first, second = asyncio.run(both())
    assert len(work.seeds) == 1
    assert (first.status_code, first.body) == (second.status_code, second.body)
    assert first.body == f'{{"Name":"{work.seeds[0]}"}}'.encode()
    assert (first.headers.get(REPLAYED), second.headers.get(REPLAYED)) == (None, "true")


def test_key_with_other_content_or_tenant(send: Send) -> None:
    async def all_three() -> None:
        await send(work)
        with pytest.raises(IdempotencyMismatch):
            await send(work, {"name": "b"})
        await send(work, {"name": "b"}, "other")

    work = Work()
    asyncio.run(all_three())
    assert len(set(work.seeds)) == 2


def test_refused_request_frees_its_key(send: Send) -> None:
    async def both() -> None:
        with pytest.raises(Conflict):
            await send(work)
        await send(work, {"name": "b"})

    work = Work(Conflict("taken"))
    asyncio.run(both())
    assert len(set(work.seeds)) == 2


@pytest.mark.parametrize("failure", [Unavailable("down"), KeyError("defect")])
def test_failed_request_is_continued_with_its_seed(send: Send, failure: Exception) -> None:
    async def all_three() -> JSONResponse:
        with pytest.raises(type(failure)):
            await send(work)
        with pytest.raises(IdempotencyMismatch):
            await send(work, {"name": "b"})
        return await send(work)

    work = Work(failure)
    answer = asyncio.run(all_three())
    assert answer.headers.get(REPLAYED) is None
    assert work.seeds[0] == work.seeds[1]


def test_retry_waits_for_running_request(send: Send) -> None:
    async def both() -> tuple[JSONResponse, JSONResponse]:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slow(seed: str) -> BaseModel:
            begun.set()
            await go_on.wait()
            return await work(seed)

        first = asyncio.create_task(send(slow))
        await begun.wait()
        second = asyncio.create_task(send(work))
        await asyncio.sleep(0.02)
        assert not second.done()
        go_on.set()
        return await first, await second

    work = Work()
    first, second = asyncio.run(both())
    assert len(work.seeds) == 1
    assert first.body == second.body
    assert second.headers[REPLAYED] == "true"


def test_retry_gives_up_waiting_in_time(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotent, "_WAIT_SECONDS", 0.1)

    async def retry_within(_seed: str) -> BaseModel:
        with pytest.raises(InProgress) as refused:
            await send(work)
        assert refused.value.details["retry_after"] == 1
        return Made(Name="first")

    work = Work()
    assert asyncio.run(send(retry_within)).body == b'{"Name":"first"}'
    assert work.seeds == []


def test_lease_of_running_request_is_renewed(
    send: Send, records: SqliteRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotent, "_RENEW_SECONDS", 0.01)

    def lease_ends() -> str:
        [record] = records.walk()
        return str(record.body["leased_until"])

    async def slow(_seed: str) -> BaseModel:
        first = lease_ends()
        await asyncio.to_thread(wait_until, lambda: lease_ends() != first, "the renewal")
        return Made(Name="renewed")

    assert asyncio.run(send(slow)).body == b'{"Name":"renewed"}'
