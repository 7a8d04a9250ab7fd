"""Tests that a request with an Idempotency-Key takes effect once, whatever fails meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel, RootModel
from starlette.testclient import TestClient

from shared.domain import clock, keys
from shared.domain.access import Scope
from shared.domain.errors import Conflict
from shared.http.api_route import ApiRouter
from shared.http.app import API_PREFIX, create_app
from shared.http.call import Call, authorised
from shared.runtime import Runtime
from shared.services.records.idempotency import Claim, Idempotency, InProgress, Replay
from tests.api.conftest import Answer, NewClient

KEY = {"Idempotency-Key": "index-create:0123456789abcdef"}


class Done(BaseModel):
    seed: str
    text: str = ""


Work = Callable[[str], Awaitable[Done]]


class Desk:
    """An application with one route that accepts an Idempotency-Key. Each test sets its ``work``."""

    def __init__(self, runtime: Runtime) -> None:
        self.seeds: list[str] = []
        self.work: Work = self._finish
        _, self.secret = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.WRITE])
        router = ApiRouter()

        @router.post("/desk")
        async def desk(
            body: RootModel[dict[str, Any]], call: Annotated[Call, Depends(authorised(Scope.WRITE))]
        ) -> Response:
            async def work(seed: str) -> Done:
                self.seeds.append(seed)
                return await self.work(seed)

            return await call.once(body.root, work, status_code=202)

        self.app = create_app([router], runtime)
        self.client = TestClient(self.app, f"http://testserver{API_PREFIX}", raise_server_exceptions=False)
        self.client.headers["X-API-Key"] = self.secret

    async def _finish(self, seed: str) -> Done:
        return Done(seed=seed)

    def post(self, content: object, key: str = "k") -> Answer:
        return self.client.post("/desk", json=content, headers={"Idempotency-Key": key})


@pytest.fixture
def desk(runtime: Runtime) -> Desk:
    return Desk(runtime)


def test_repeated_request_gets_stored_response(client: TestClient) -> None:
    first = client.post("/indexes", json={"name": "Talks"}, headers=KEY)
    again = client.post("/indexes", content=b'{ "name" : "Talks" }', headers=KEY | _JSON)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(client.get("/indexes").json()) == 1


_JSON = {"Content-Type": "application/json"}


def test_other_content_under_same_key_is_conflict(client: TestClient) -> None:
    client.post("/indexes", json={"name": "Talks"}, headers=KEY)
    answer = client.post("/indexes", json={"name": "Other"}, headers=KEY)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_request_mismatch"
    assert len(client.get("/indexes").json()) == 1


def test_keys_are_separate_for_each_tenant(new_client: NewClient) -> None:
    ours = new_client(tenant="ours").post("/indexes", json={"name": "Talks"}, headers=KEY)
    theirs = new_client(tenant="theirs").post("/indexes", json={"name": "Talks"}, headers=KEY)
    assert ours.json()["index_id"] != theirs.json()["index_id"]


def test_requests_without_key_are_independent(client: TestClient) -> None:
    for _ in range(2):
        client.post("/indexes", json={"name": "Talks"})
    assert len(client.get("/indexes").json()) == 2


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_keys_have_1_to_255_characters(client: TestClient, key: str) -> None:
    answer = client.post("/indexes", json={"name": "Talks"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422


def test_refused_request_releases_key(desk: Desk) -> None:
    async def refuse(_seed: str) -> Done:
        raise Conflict("not now")

    desk.work, finish = refuse, desk.work
    assert desk.post({"n": 1}).status_code == 409
    desk.work = finish
    assert desk.post({"n": 2}).status_code == 202


def test_retry_after_failure_has_same_seed(desk: Desk) -> None:
    async def fail(_seed: str) -> Done:
        raise RuntimeError

    desk.work, finish = fail, desk.work
    assert desk.post({"n": 1}).status_code == 500
    desk.work = finish
    assert desk.post({"n": 2}).json()["error"]["code"] == "idempotency_request_mismatch"
    assert desk.post({"n": 1}).status_code == 202
    assert len(desk.seeds) == 2
    assert desk.seeds[0] == desk.seeds[1]


def test_concurrent_requests_do_work_once(desk: Desk) -> None:
    async def slowly(seed: str) -> Done:
        await asyncio.sleep(0.3)
        return Done(seed=seed)

    desk.work = slowly

    async def all_at_once() -> list[httpx.Response]:
        headers = {"X-API-Key": desk.secret, "Idempotency-Key": "same"}
        transport = httpx.ASGITransport(desk.app)
        async with httpx.AsyncClient(transport=transport, headers=headers) as caller:
            url = f"http://testserver{API_PREFIX}/desk"
            return await asyncio.gather(*(caller.post(url, json={"n": 1}) for _ in range(10)))

    answers = asyncio.run(all_at_once())
    assert [answer.status_code for answer in answers] == [202] * 10
    assert len({answer.content for answer in answers}) == 1
    assert len(desk.seeds) == 1


def test_large_response_is_stored_completely(desk: Desk) -> None:
    text = 'quote " and 映像 🎬 ' * 100_000

    async def at_length(seed: str) -> Done:
        return Done(seed=seed, text=text)

    desk.work = at_length
    first, again = desk.post({"n": 1}), desk.post({"n": 1})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert again.json()["text"] == text


def _claim(idempotency: Idempotency) -> Claim | Replay:
    return idempotency.claim("acme", "POST /desk", "k", {"n": 1})


def test_claim_of_dead_process_is_taken_over_with_its_seed(runtime: Runtime) -> None:
    killed = _claim(Idempotency(runtime.ports.records, keep_hours=1, sole_server=True))
    restarted = _claim(Idempotency(runtime.ports.records, keep_hours=1, sole_server=True))
    assert isinstance(killed, Claim)
    assert isinstance(restarted, Claim)
    assert restarted.seed == killed.seed


def test_claim_of_other_server_is_respected_until_lease_ends(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (Idempotency(runtime.ports.records, keep_hours=1) for _ in range(2))
    first = _claim(one)
    assert isinstance(first, Claim)
    with pytest.raises(InProgress):
        _claim(other)
    one.abandon(first)
    second = _claim(other)
    assert isinstance(second, Claim)
    assert second.seed == first.seed


def test_lost_claim_cannot_store_response(runtime: Runtime) -> None:
    one, other = (Idempotency(runtime.ports.records, keep_hours=1) for _ in range(2))
    first = _claim(one)
    assert isinstance(first, Claim)
    one.abandon(first)
    second = _claim(other)
    assert isinstance(second, Claim)
    one.complete(first, 201, {"by": "one"})
    one.forget(first)
    other.complete(second, 201, {"by": "other"})
    assert _claim(one) == Replay(201, {"by": "other"})


def test_claim_expires_after_configured_hours(runtime: Runtime) -> None:
    claim = _claim(Idempotency(runtime.ports.records, keep_hours=24))
    assert isinstance(claim, Claim)
    hours = (claim.expires_at - clock.now()).total_seconds() / 3600
    assert 23.9 < hours <= 24
    assert claim.key.partition == keys.idempotency("acme", "").partition
