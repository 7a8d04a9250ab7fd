"""Secrets of webhooks in logs, answers and files, with a receiver that repeats what it gets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.cli.demo.server import running_server
from tests.receiver import Answer, Received, Receiver, running_receiver
from tests.robustness.test_secrets import RecordingClient, parts_of
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


def _echo(request: Received) -> Answer:
    """Refuse, and repeat body and headers."""
    return Answer(500, request.body + str(dict(request.headers)).encode())


def test_secret_of_webhook_is_shown_twice_and_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    with running_receiver(_echo) as receiver:
        monkeypatch.setenv("VIDEOVECTOR_SERVER_LOG_LEVEL", "DEBUG")
        monkeypatch.setenv("VIDEOVECTOR_SERVER_WEBHOOK_HOSTS", receiver.host)
        with running_server(data) as address:
            server = RecordingClient(address, tmp_path)
            webhook_id, secrets = _use_webhook(server, receiver)
            kept = [path for path in _files(data) if _holds(path, secrets)]
            server.delete(f"/webhooks/{webhook_id}")
            left = [path for path in _files(data) if _holds(path, secrets)]
    log = (tmp_path / "server.log").read_text()
    assert " DEBUG " in log
    answers = "\n".join(server.answers)
    for secret in secrets:
        for part in parts_of(secret.removeprefix("whsec_")):
            assert part not in log
            assert part not in answers
    assert len(kept) == 2
    assert {path.relative_to(data).parts[0] for path in kept} == {"tenant-secrets"}
    assert left == []


def _use_webhook(server: RecordingClient, receiver: Receiver) -> tuple[str, list[str]]:
    """Do everything with a webhook. Return its id and its two secrets, whose answers are not recorded."""
    body = {"name": "Flow", "url": receiver.url, "events": ["media.created"]}
    created = _unrecorded(server, "/webhooks", json=body, headers={"Idempotency-Key": "webhook-create:1"})
    path = f"/webhooks/{created['webhook_id']}"
    rotated = _unrecorded(server, f"{path}/rotate-secret")
    refused = server.client.post(
        "/webhooks", json=body | {"name": "Other"}, headers={"Idempotency-Key": "webhook-create:1"}
    )
    assert refused.status_code == 409
    server.post(f"{path}/test")
    server.client.patch(path, json={"name": "Renamed"}, headers={"Idempotency-Key": "webhook-update:1"})
    server.new_picture(seed=7)
    wait_until(lambda: server.get(f"{path}/deliveries", status="retrying"), "the failed attempt")
    (delivery,) = server.get(f"{path}/deliveries")
    assert delivery["response_body"]
    server.get(f"/webhooks/deliveries/{delivery['delivery_id']}")
    server.get("/webhooks")
    server.get(path)
    return created["webhook_id"], [created["secret"], rotated["new_secret"]]


def _unrecorded(server: RecordingClient, path: str, **sent: Any) -> Any:
    answer = server.client.post(path, **sent)
    assert answer.is_success
    server.answers.pop()
    return answer.json()


def _files(data: Path) -> Iterator[Path]:
    return (path for path in data.rglob("*") if path.is_file())


def _holds(path: Path, secrets: list[str]) -> bool:
    content = path.read_bytes()
    return any(secret.removeprefix("whsec_").encode() in content for secret in secrets)
