"""Which credential of a request counts, and what it allows."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import Request
from jwt.algorithms import ECAlgorithm

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated, NotPermitted, TooManyRequests
from shared.http.admission.fair_queue import FairQueue, QueueLimits
from shared.http.authentication import authenticate, check_scope
from shared.services.access.api_keys import ApiKeys
from shared.services.access.bearer_tokens import BearerTokens
from shared.services.access.signing_keys import SigningKeys
from shared.services.records.documents import Documents

Result = TypeVar("Result")

ISSUER: Final = "https://issuer.example"
SIGNING_KEY: Final = ec.generate_private_key(ec.SECP256R1())


class Published:
    """The documents of an issuer with one key."""

    def fetch(self, address: str) -> dict[str, Any]:
        if address.endswith("/openid-configuration"):
            return {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
        key = ECAlgorithm.to_jwk(SIGNING_KEY.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "k", "use": "sig", "alg": "ES256"}]}


class CountedOffload:
    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, work: Callable[[], Result]) -> Result:
        self.calls += 1
        return work()


class Door:
    """API keys of one tenant, and on demand the tokens of an issuer."""

    def __init__(self, database: Path) -> None:
        self.offload = CountedOffload()
        self.queue = FairQueue("bearer tokens", 1, QueueLimits(per_tenant=1, total=9, seconds=600.0))
        self.api_keys = ApiKeys(Documents(SqliteRecords(database)))
        _, self.secret = self.api_keys.create("acme", "anna", "ci", [Scope.READ])
        self.tokens = BearerTokens(ISSUER, "archive", "sub", SigningKeys(ISSUER, Published()))
        claims = {"iss": ISSUER, "aud": "archive", "sub": "ben", "exp": int(time.time()) + 600}
        self.token = jwt.encode(claims, SIGNING_KEY, "ES256", headers={"kid": "k"})

    def enter(self, with_issuer: bool = True, /, **headers: str) -> Caller:
        encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        request = Request({"type": "http", "headers": encoded})
        tokens = self.tokens if with_issuer else None
        return asyncio.run(authenticate(request, self.api_keys, tokens, self.offload, self.queue))


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "records.sqlite")


def test_key_is_taken_from_either_header(door: Door) -> None:
    assert door.enter(x_api_key=f" {door.secret} ").tenant_id == "acme"
    for scheme in ("Bearer", "bearer", "BEARER "):
        assert door.enter(authorization=f"{scheme} {door.secret}").tenant_id == "acme"
        assert door.enter(False, authorization=f"{scheme} {door.secret}").tenant_id == "acme"


def test_token_of_issuer_is_taken_as_bearer(door: Door) -> None:
    assert door.enter(authorization=f"Bearer {door.token}").tenant_id == "ben"


def test_api_key_header_wins_over_bearer(door: Door) -> None:
    caller = door.enter(x_api_key=door.secret, authorization=f"Bearer {door.token}")
    assert caller.tenant_id == "acme"
    with pytest.raises(NotAuthenticated):
        door.enter(x_api_key="sk_live_unknown", authorization=f"Bearer {door.token}")
    with pytest.raises(NotAuthenticated):  # a token in the key's header is no key
        door.enter(x_api_key=door.token)


def test_empty_api_key_header_is_ignored(door: Door) -> None:
    assert door.enter(x_api_key="", authorization=f"Bearer {door.token}").tenant_id == "ben"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "authentication_missing_credentials"),
        ({"authorization": ""}, "authentication_missing_credentials"),
        ({"authorization": "Basic YTpi"}, "authentication_unsupported_credentials"),
        ({"authorization": "Bearer"}, "authentication_unsupported_credentials"),
        ({"authorization": "Bearer  "}, "authentication_unsupported_credentials"),
        ({"x_api_key": "sk_live_unknown"}, "authentication_invalid_api_key"),
        ({"authorization": "Bearer sk_live_unknown"}, "authentication_invalid_api_key"),
    ],
)
def test_request_without_valid_credential_is_refused(door: Door, headers: dict[str, str], code: str) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        door.enter(**headers)
    assert refused.value.code == code


def test_token_is_refused_without_issuer(door: Door) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        door.enter(False, authorization=f"Bearer {door.token}")
    assert refused.value.code == "authentication_unsupported_credentials"
    assert door.offload.calls == 0


def test_remembered_caller_needs_no_blocking_work(door: Door) -> None:
    for headers in ({"x_api_key": door.secret}, {"authorization": f"Bearer {door.token}"}):
        door.offload.calls = 0
        assert door.enter(**headers) == door.enter(**headers)
        assert door.offload.calls == 1


@pytest.mark.parametrize(
    ("owned", "allowed"),
    [
        ([Scope.SEARCH], [Scope.SEARCH]),
        ([Scope.WRITE], [Scope.SEARCH, Scope.READ, Scope.WRITE]),
        ([Scope.ADMIN, Scope.SEARCH], list(Scope)),
        ([], []),
    ],
)
def test_scope_includes_the_lower_ones(owned: list[Scope], allowed: list[Scope]) -> None:
    caller = Caller(tenant_id="acme", user_id="anna", scopes=frozenset(owned))
    for scope in Scope:
        if scope in allowed:
            check_scope(caller, scope)
            continue
        with pytest.raises(NotPermitted) as refused:
            check_scope(caller, scope)
        assert refused.value.details == {
            "required_scope": scope.value,
            "scopes": sorted(each.value for each in owned),
        }


def test_waiting_tokens_do_not_delay_api_keys(tmp_path: Path) -> None:
    """The issuer does not answer: its tokens fill their own queue, and an API key passes."""
    door = Door(tmp_path / "records.sqlite")

    def request(**headers: str) -> Request:
        fields = [(name.encode(), value.encode()) for name, value in headers.items()]
        return Request({"type": "http", "headers": fields, "client": ("10.0.0.1", 1)})

    async def enter(**headers: str) -> Caller:
        return await authenticate(request(**headers), door.api_keys, door.tokens, door.offload, door.queue)

    async def scenario() -> None:
        async with door.queue.slot("10.0.0.1"):
            waiting = asyncio.create_task(enter(authorization=f"Bearer {door.token}"))
            await asyncio.sleep(0)
            with pytest.raises(TooManyRequests):
                await enter(authorization=f"Bearer {door.token}x")
            assert (await enter(authorization=f"Bearer {door.secret}")).user_id == "anna"
            assert not waiting.done()
        assert (await waiting).user_id == "ben"

    asyncio.run(scenario())
