"""Requests of listings: to the store alone, again after what may pass, and with limits."""

import pytest

from shared.adapters.http.stores.store_process.failures import RequestFailed
from shared.adapters.http.stores.store_process.listing import requests
from shared.adapters.http.stores.store_process.listing.requests import StoreRequests
from shared.adapters.http.stores.store_process.messages import PermittedHost
from shared.adapters.http.stores.store_process.pinning_proxy import PinningProxy, Refused
from tests.stores.listener import Listener, listening


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_PAUSES", (0.0, 0.0, 0.0))


def answer(status: str, body: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def send(server: Listener, *, must_be_public: bool = False) -> str:
    proxy = PinningProxy([PermittedHost("127.0.0.1", server.port, must_be_public)])
    try:
        return StoreRequests(proxy.connection, None).send("GET", f"{server.url}/films?list-type=2", {})
    finally:
        proxy.close()


def test_private_address_is_refused_unless_operator_permits_it() -> None:
    with listening(lambda _: answer("200 OK", "keys")) as server:
        with pytest.raises(Refused):
            send(server, must_be_public=True)
        assert server.connections == 0
        assert send(server) == "keys"


def test_other_host_is_refused() -> None:
    proxy = PinningProxy([PermittedHost("store.example.org", 443)])
    with listening() as server, pytest.raises(Refused, match="not a host of the store"):
        StoreRequests(proxy.connection, None).send("GET", f"{server.url}/films", {})
    assert server.connections == 0
    proxy.close()


def test_busy_store_is_asked_again() -> None:
    answers = [answer("503 Slow Down"), b"", answer("429 Too Many"), answer("200 OK", "keys")]
    with listening(lambda _: answers.pop(0)) as server:
        assert send(server) == "keys"


def test_store_that_stays_busy_is_given_up() -> None:
    with listening(lambda _: answer("503 Slow Down")) as server:
        with pytest.raises(RequestFailed, match="503"):
            send(server)
        assert server.connections == 4


def test_refusal_is_final() -> None:
    refusal = answer("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>")
    with listening(lambda _: refusal) as server:
        with pytest.raises(RequestFailed, match="403, <Error><Code>AccessDenied"):
            send(server)
        assert server.connections == 1


def test_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_MAX_ANSWER_BYTES", 10)
    long = answer("200 OK", "x" * 11)
    with listening(lambda _: long) as server, pytest.raises(RequestFailed, match="too long"):
        send(server)
