"""Sessions of the console: the holder of a key, and the sign-in by a ticket."""

import threading
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.domain import clock
from shared.domain.access import Scope
from shared.domain.system.release import VERSION
from shared.runtime import Runtime
from shared.services.access.sign_in_tickets import KEY_LIFE, TICKET_LIFE
from tests.api.conftest import NewClient


def _sign_in(client: TestClient, ticket: str) -> "tuple[int, dict[str, object]]":
    answer = client.post("/console/sign-in", json={"ticket": ticket})
    return answer.status_code, answer.json()


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION


def test_session_describes_the_key(new_client: NewClient, runtime: Runtime) -> None:
    client = new_client(Scope.SEARCH)
    (key,) = runtime.access.api_keys.list("acme")
    assert client.get("/console/session").json() == {
        "tenant_id": "acme",
        "user_id": "usr_acme",
        "key_id": key.key_id,
        "key_name": "test",
        "scopes": ["search"],
        "expires_at": None,
        "server_version": VERSION,
    }


def test_ticket_signs_in_once_for_twelve_hours(anonymous: TestClient, runtime: Runtime) -> None:
    ticket = runtime.access.sign_in_tickets.issue("acme", "usr_acme")
    status, session = _sign_in(anonymous, ticket)
    assert status == 200
    headers = {"X-API-Key": str(session.pop("api_key"))}
    assert anonymous.get("/console/session", headers=headers).json() == session
    assert (session["tenant_id"], session["key_name"], session["scopes"]) == ("acme", "console", ["admin"])
    (key,) = runtime.access.api_keys.list("acme")
    expires = datetime.fromisoformat(str(session["expires_at"]))
    assert expires - datetime.fromisoformat(key.created_at) == KEY_LIFE

    status, refused = _sign_in(anonymous, ticket)
    assert (status, refused["error"]["code"]) == (401, "authentication_invalid_ticket")  # type: ignore[index]
    assert len(runtime.access.api_keys.list("acme")) == 1


def test_sign_out_ends_key_of_link(anonymous: TestClient, runtime: Runtime) -> None:
    _, session = _sign_in(anonymous, runtime.access.sign_in_tickets.issue("acme", "usr_acme"))
    headers = {"X-API-Key": str(session["api_key"])}
    answer = anonymous.delete("/console/session", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert anonymous.get("/console/session", headers=headers).status_code == 401
    assert anonymous.delete("/console/session", headers=headers).status_code == 401


def test_sign_out_keeps_key_that_no_link_made(new_client: NewClient) -> None:
    client = new_client(Scope.SEARCH)
    assert client.delete("/console/session").status_code == 204
    assert client.get("/console/session").status_code == 200


def test_concurrent_exchanges_make_one_key(anonymous: TestClient, runtime: Runtime) -> None:
    ticket = runtime.access.sign_in_tickets.issue("acme", "usr_acme")
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(_sign_in(anonymous, ticket)[0])) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 401, 401, 401, 401, 401]
    assert len(runtime.access.api_keys.list("acme")) == 1


def test_old_ticket_is_refused(
    anonymous: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = clock.now() - TICKET_LIFE
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: earlier)
        ticket = runtime.access.sign_in_tickets.issue("acme", "usr_acme")
    assert _sign_in(anonymous, ticket)[0] == 401


@pytest.mark.parametrize("ticket", ["x", "sgn_" + "0" * 64, "sk_live_" + "0" * 48])
def test_unknown_ticket_is_refused(anonymous: TestClient, ticket: str) -> None:
    assert _sign_in(anonymous, ticket)[0] == 401


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"{}", 422), (b"[", 400), (b'{"ticket": 1}', 422), (b" " * 1025, 413)],
)
def test_body_of_sign_in_is_checked(anonymous: TestClient, content: bytes, status: int) -> None:
    answer = anonymous.post("/console/sign-in", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status


def test_sign_ins_of_an_address_are_limited(anonymous: TestClient) -> None:
    statuses = [_sign_in(anonymous, "x")[0] for _ in range(60)]
    refused = anonymous.post("/console/sign-in", json={"ticket": "x"})
    assert (set(statuses), refused.status_code) == ({401}, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
