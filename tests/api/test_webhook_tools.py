"""Requests of the public MCP server's webhook tools, as its contract records them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from shared.settings import Settings
from tests.receiver import Receiver, running_receiver

EVENTS = ["media.created", "export.ready"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_folder=tmp_path / "data", public_base_url="http://testserver", webhook_hosts="127.0.0.1"
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


class Tools:
    """Sends requests with the headers of the MCP server. Each answer must be JSON and not empty."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        client.headers["User-Agent"] = "videovector-mcp/2.0.2"
        client.headers["Accept"] = "application/json"

    def send(self, method: str, path: str, *, prefix: str = "", **sent: Any) -> Any:
        headers = {"Idempotency-Key": f"{prefix}:{uuid4().hex}"} if prefix else {}
        answer = self._client.request(method, path, headers=headers, **sent)
        assert answer.is_success, answer.text
        assert answer.content
        return answer.json()


@pytest.fixture
def tools(client: TestClient) -> Tools:
    return Tools(client)


def test_seven_webhook_tools_get_their_answers(tools: Tools, receiver: Receiver) -> None:
    assert set(EVENTS) < set(tools.send("GET", "/webhooks/events"))
    created = tools.send(
        "POST",
        "/webhooks",
        prefix="webhook-create",
        json={"name": "Flow", "url": receiver.url, "events": EVENTS, "metadata": {"flow": 1}},
    )
    webhook_id = created["webhook_id"]
    assert created["secret"]
    assert [each["webhook_id"] for each in tools.send("GET", "/webhooks")] == [webhook_id]
    assert "secret" not in tools.send("GET", f"/webhooks/{webhook_id}")
    updated = tools.send(
        "PATCH",
        f"/webhooks/{webhook_id}",
        prefix="webhook-update",
        json={"name": "Renamed", "status": "paused", "events": EVENTS[:1], "metadata": {}},
    )
    assert (updated["name"], updated["status"], updated["metadata"]) == ("Renamed", "paused", {})
    tested = tools.send("POST", f"/webhooks/{webhook_id}/test", prefix="webhook-test")
    assert tested == {"success": True, "status_code": 200, "error": None}
    query: dict[str, Any] = {"status": "delivered", "limit": 50}
    assert tools.send("GET", f"/webhooks/{webhook_id}/deliveries", params=query) == []


def test_refusal_has_code_and_request_id(tools: Tools, client: TestClient) -> None:
    answer = client.get("/webhooks/whk_unknown")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (404, "resource_webhook_not_found")
    assert error["request_id"] == answer.headers["X-Request-ID"]
