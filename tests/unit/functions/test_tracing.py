"""Tests of the subsegments that a function sends to the X-Ray daemon."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from functions.api.gateway.entry import api_handler
from functions.api.gateway.tracing import DAEMON, DISABLED, TRACE, tracer
from shared.domain.access import Scope
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.functions.gateway import Gateway

ROOT: Final = "1-5759e988-bd862e3fe1be46a994272793"
PARENT: Final = "53995c3f42cd8ad8"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.3)
        monkeypatch.setenv(DAEMON, f"127.0.0.1:{listening.getsockname()[1]}")
        monkeypatch.setenv(TRACE, f"Root={ROOT};Parent={PARENT};Sampled=1")
        monkeypatch.delenv(DISABLED, raising=False)
        yield listening


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path / "data"))


@pytest.fixture
def key(runtime: Runtime) -> dict[str, str]:
    _, secret = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.ADMIN])
    return {"x-api-key": secret}


def _receive(daemon: socket.socket) -> tuple[dict[str, Any], str]:
    header, _, document = daemon.recv(65_536).decode().partition("\n")
    assert json.loads(header) == {"format": "json", "version": 1}
    subsegment: dict[str, Any] = json.loads(document)
    return subsegment, document


def test_request_sends_subsegment_of_its_trace(
    daemon: socket.socket, runtime: Runtime, key: dict[str, str]
) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    answer = indexes.request("GET", "/api/v2/indexes", headers={"x-request-id": "mine-3"})
    assert answer.status_code == 200
    subsegment, _ = _receive(daemon)
    assert (subsegment["trace_id"], subsegment["parent_id"]) == (ROOT, PARENT)
    assert subsegment["type"] == "subsegment"
    assert subsegment["name"] == "## api-indexes"
    assert subsegment["start_time"] <= subsegment["end_time"]
    assert subsegment["annotations"]["request_id"] == "mine-3"
    assert subsegment["annotations"]["status"] == 200
    assert subsegment["annotations"]["Service"] == "api-indexes"


def test_trace_contains_no_request_or_response_content(
    daemon: socket.socket, runtime: Runtime, key: dict[str, str]
) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    indexes.request("POST", "/api/v2/indexes", json_body={"name": "a name of ours"})
    _, document = _receive(daemon)
    assert "a name of ours" not in document
    assert key["x-api-key"] not in document


def test_trace_contains_type_of_error_but_no_message(daemon: socket.socket) -> None:
    def fail(event: object, context: object) -> None:
        raise KeyError(event)

    made = tracer("failing")
    assert made is not None
    with pytest.raises(KeyError):
        made.capture_lambda_handler(fail, capture_error=False)("a secret", None)
    subsegment, document = _receive(daemon)
    assert subsegment["fault"] is True
    assert [exception["type"] for exception in subsegment["cause"]["exceptions"]] == ["KeyError"]
    assert "a secret" not in document


def test_unsampled_request_sends_nothing(
    daemon: socket.socket, runtime: Runtime, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    for trace in (f"Root={ROOT};Parent={PARENT};Sampled=0", ""):
        monkeypatch.setenv(TRACE, trace)
        assert indexes.request("GET", "/api/v2/indexes").status_code == 200
    with pytest.raises(TimeoutError):
        daemon.recv(1)


def test_unreachable_daemon_does_not_fail_requests(
    daemon: socket.socket, runtime: Runtime, key: dict[str, str]
) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    daemon.close()
    assert [indexes.request("GET", "/api/v2/indexes").status_code for _ in range(3)] == [200] * 3


def test_no_tracer_outside_lambda_or_when_disabled(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracer("on") is not None
    monkeypatch.setenv(DISABLED, "true")
    assert tracer("off") is None
    monkeypatch.delenv(DISABLED)
    monkeypatch.delenv(DAEMON)
    assert tracer("elsewhere") is None
