"""Bearer tokens with real signatures, verified by the rules of RFC 7519."""

import base64
import hmac
import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from shared.domain.access import Scope
from shared.domain.errors import NotAuthenticated, Unavailable
from shared.services.access.bearer_tokens import BearerTokens
from shared.services.access.signing_keys import SigningKeys

ISSUER: Final = "https://issuer.example/pool"
AUDIENCE: Final = "archive-client"


@dataclass
class Issuer:
    """Publishes the public keys of ``private`` and records which addresses are fetched."""

    private: dict[str, Any] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    is_down: bool = False
    extra: list[dict[str, Any]] = field(default_factory=list)

    def fetch(self, address: str) -> dict[str, Any]:
        self.fetched.append(address)
        if self.is_down:
            raise Unavailable("down")
        if address == f"{ISSUER}/.well-known/openid-configuration":
            return {"issuer": ISSUER, "jwks_uri": "https://issuer.example/keys"}
        assert address == "https://issuer.example/keys"
        return {"keys": [*self.extra, *(_published(kid, key) for kid, key in self.private.items())]}

    def sign(self, kid: str, algorithm: str = "RS256", **changes: Any) -> str:
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": "3f0c5a52-9a4e-4b2e-8e0a-0d8f5d0f3c11",
            "aud": AUDIENCE,
            "exp": int(time.time()) + 600,
        }
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(claims, self.private[kid], algorithm, headers={"kid": kid})


def _published(kid: str, key: Any) -> dict[str, Any]:
    kind: Any = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    name = "RS256" if kind is RSAAlgorithm else "ES256"
    return {**json.loads(kind.to_jwk(key.public_key())), "kid": kid, "use": "sig", "alg": name}


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def issuer(rsa_key: rsa.RSAPrivateKey) -> Issuer:
    return Issuer({"r1": rsa_key, "e1": ec.generate_private_key(ec.SECP256R1())})


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Clock:
    def __init__(self) -> None:
        self.value = 0.0

    def __call__(self) -> float:
        return self.value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(issuer: Issuer, clock: Clock) -> BearerTokens:
    return BearerTokens(ISSUER, AUDIENCE, "sub", SigningKeys(ISSUER, issuer, clock), monotonic=clock)


@pytest.mark.parametrize(("kid", "algorithm"), [("r1", "RS256"), ("e1", "ES256")])
def test_token_grants_every_scope_in_tenant_of_its_subject(
    issuer: Issuer, tokens: BearerTokens, kid: str, algorithm: str
) -> None:
    caller = tokens.authenticate(issuer.sign(kid, algorithm))
    assert caller.tenant_id == caller.user_id == "3f0c5a52-9a4e-4b2e-8e0a-0d8f5d0f3c11"
    assert caller.scopes == frozenset(Scope)
    assert caller.key_id is None
    assert caller.expires_at is not None
    left = datetime.fromisoformat(caller.expires_at) - datetime.now(UTC)
    assert timedelta(minutes=9) < left <= timedelta(minutes=11, seconds=1)


def test_token_without_foreseeable_end_is_accepted(issuer: Issuer, tokens: BearerTokens) -> None:
    assert tokens.authenticate(issuer.sign("e1", "ES256", exp=10**15)).expires_at is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://issuer.example/other"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": []},
        {"aud": "somebody-else", "client_id": AUDIENCE},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": "a\x00b"},
    ],
)
def test_token_with_invalid_claim_is_refused(
    issuer: Issuer, tokens: BearerTokens, changes: dict[str, Any]
) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        tokens.authenticate(issuer.sign("r1", **changes))
    assert refused.value.code == "authentication_invalid_token"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["another", AUDIENCE]},
        {"aud": None, "client_id": AUDIENCE, "token_use": "access"},
        {"exp": -20},
    ],
    ids=["one of several audiences", "an access token of Cognito", "clocks that differ by 20 seconds"],
)
def test_variants_of_valid_claims_are_accepted(
    issuer: Issuer, tokens: BearerTokens, changes: dict[str, Any]
) -> None:
    if "exp" in changes:  # relative to now, not to the time of collection
        changes = {"exp": int(time.time()) + changes["exp"]}
    assert tokens.authenticate(issuer.sign("r1", **changes)).user_id


def test_token_signed_with_public_key_as_secret_is_refused(issuer: Issuer, tokens: BearerTokens) -> None:
    """The token is assembled by hand, because the library refuses to make it."""
    secret = issuer.private["r1"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = _text(json.dumps({"alg": "HS256", "kid": "r1", "typ": "JWT"}).encode())
    signed = f"{head}.{issuer.sign('r1').split('.')[1]}"
    signature = _text(hmac.digest(secret, signed.encode(), "sha256"))
    with pytest.raises(NotAuthenticated):
        tokens.authenticate(f"{signed}.{signature}")


def test_unsigned_token_is_refused(issuer: Issuer, tokens: BearerTokens) -> None:
    claims = jwt.decode(issuer.sign("r1"), options={"verify_signature": False})
    with pytest.raises(NotAuthenticated):
        tokens.authenticate(jwt.encode(claims, "", "none", headers={"kid": "r1"}))


def test_token_of_other_key_with_same_id_is_refused(issuer: Issuer, tokens: BearerTokens) -> None:
    tokens.authenticate(issuer.sign("r1"))
    impostor = Issuer({"r1": rsa.generate_private_key(65537, 2048)})
    with pytest.raises(NotAuthenticated):
        tokens.authenticate(impostor.sign("r1"))


@pytest.mark.parametrize("text", ["", "x", "a.b", "a.b.c", "ä.b.c", "a" * 20_000])
def test_malformed_token_is_refused_without_request_to_issuer(
    issuer: Issuer, tokens: BearerTokens, text: str
) -> None:
    with pytest.raises(NotAuthenticated):
        tokens.authenticate(text)
    assert issuer.fetched == []


def test_unsupported_keys_do_not_hide_supported_keys(issuer: Issuer, tokens: BearerTokens) -> None:
    issuer.extra = [
        {"kty": "oct", "kid": "s1", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "alg": "HS256"},
        {"kty": "unheard-of", "kid": "u1"},
        {"kid": 7},
        "no key",  # type: ignore[list-item]
    ]
    assert tokens.authenticate(issuer.sign("r1")).user_id


def test_unknown_key_is_fetched_at_most_once_a_minute(
    issuer: Issuer, tokens: BearerTokens, clock: Clock, rsa_key: rsa.RSAPrivateKey
) -> None:
    tokens.authenticate(issuer.sign("r1"))
    fetched = len(issuer.fetched)
    issuer.private["r2"] = rsa_key
    with pytest.raises(NotAuthenticated):
        tokens.authenticate(issuer.sign("r2"))
    assert len(issuer.fetched) == fetched
    clock.value += 61
    assert tokens.authenticate(issuer.sign("r2")).user_id
    assert len(issuer.fetched) == fetched + 2


def test_cached_keys_are_used_while_issuer_is_down(
    issuer: Issuer, tokens: BearerTokens, clock: Clock
) -> None:
    token = issuer.sign("r1")
    tokens.authenticate(token)
    issuer.is_down = True
    clock.value += 7200
    assert tokens.authenticate(token).user_id


def test_token_of_known_key_does_not_wait_for_fetch(issuer: Issuer, clock: Clock) -> None:
    """Another thread asks the issuer for an unknown key, and the issuer does not answer."""
    asked, release = threading.Event(), threading.Event()

    class Hanging:
        hangs = False

        def fetch(self, address: str) -> dict[str, Any]:
            if self.hangs:
                asked.set()
                release.wait()
            return issuer.fetch(address)

    documents = Hanging()
    keys = SigningKeys(ISSUER, documents, monotonic=clock)
    tokens = BearerTokens(ISSUER, AUDIENCE, "sub", keys, monotonic=clock)
    tokens.authenticate(issuer.sign("r1"))
    documents.hangs, clock.value = True, 61.0
    with ThreadPoolExecutor(1) as thread:
        unknown = thread.submit(keys.find, "unknown")
        try:
            asked.wait()
            assert tokens.authenticate(issuer.sign("e1", "ES256")).user_id
            assert not unknown.done()
        finally:
            release.set()


def test_issuer_without_first_answer_is_tried_again(issuer: Issuer, tokens: BearerTokens) -> None:
    issuer.is_down = True
    with pytest.raises(Unavailable):
        tokens.authenticate(issuer.sign("r1"))
    issuer.is_down = False
    assert tokens.authenticate(issuer.sign("r1")).user_id


def test_verified_token_is_cached_until_it_expires(
    issuer: Issuer, tokens: BearerTokens, clock: Clock
) -> None:
    token = issuer.sign("r1")
    assert tokens.cached_caller(token) is None
    caller = tokens.authenticate(token)
    assert tokens.cached_caller(token) == caller
    clock.value += 301
    assert tokens.cached_caller(token) is None
    past = BearerTokens(
        ISSUER, AUDIENCE, "sub", SigningKeys(ISSUER, issuer, clock), now=lambda: time.time() + 3600
    )
    past.authenticate(token)
    assert past.cached_caller(token) is None


@pytest.fixture
def tenant_of(issuer: Issuer) -> Callable[..., str]:
    tokens = BearerTokens(ISSUER, AUDIENCE, "tenant", SigningKeys(ISSUER, issuer))
    return lambda claim: tokens.authenticate(issuer.sign("r1", tenant=claim)).tenant_id


def test_configured_claim_names_tenant(tenant_of: Callable[..., str]) -> None:
    assert tenant_of("acme") == "acme"
    for missing in (None, "", 7, ["acme"], "a\nb"):
        with pytest.raises(NotAuthenticated):
            tenant_of(missing)


def test_unsafe_tenant_claims_become_distinct_digests(tenant_of: Callable[..., str]) -> None:
    odd = ["acme#index", "..", ".", "auth0|7", "a/b", "sub-acme", "é", "a" * 65]
    found = [tenant_of(claim) for claim in odd]
    assert len(set(found)) == len(odd)
    assert all(re.fullmatch(r"sub-[0-9a-f]{40}", tenant) for tenant in found)
