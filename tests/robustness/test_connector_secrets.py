"""Credentials of connectors in logs, answers and files, at the most verbose log level."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr

from shared.cli.demo.server import running_server
from shared.domain.connectors.credentials import Credentials
from tests.robustness.test_secrets import parts_of
from tests.stores.providers import NAMES, Provider, provider
from tests.stores.requests import creation, sent
from tests.stores.settings_of_server import variables_of
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

SCHEMES: Final = {"s3": "s3", "gcs": "gs", "azure": "az"}


@pytest.fixture(params=NAMES)
def store(request: pytest.FixtureRequest) -> Iterator[Provider]:
    made = provider(request.param)
    made.put("a.mp4", b"no film")
    yield made
    made.close()


class RecordingClient:
    """A client that records the text of every answer."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._client = httpx.Client(base_url=base_url, headers={"X-API-Key": api_key}, timeout=HANG_TIMEOUT)
        self.answers: list[str] = []

    def send(self, method: str, path: str, **content: Any) -> Any:
        answer = self._client.request(method, path, **content)
        self.answers.append(f"{answer.headers}{answer.text}")
        return answer.json()

    def wait_for(self, job_id: str) -> None:
        done = ("completed", "failed")
        wait_until(lambda: self.send("GET", f"/import-jobs/{job_id}")["status"] in done)


def secret_of(credentials: Credentials) -> str:
    """Return the secret of credentials; of a private key, one line."""
    [secret] = [each for each in credentials.model_dump().values() if isinstance(each, SecretStr)]
    lines = secret.get_secret_value().splitlines()
    return lines[2] if len(lines) > 2 else lines[0]


def test_no_credential_is_logged_answered_or_kept(
    store: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"VIDEOVECTOR_SERVER_LOG_LEVEL": "DEBUG", **variables_of(store)}.items():
        monkeypatch.setenv(name, value)
    data = tmp_path / "data"
    secrets = [part for each in (store.credentials, store.wrong) for part in parts_of(secret_of(each))]
    with running_server(data) as address:
        client = RecordingClient(address.base_url, address.api_key)
        path = _use_everything(client, store)
        _send_malformed(client, store, path)
        kept = {folder for folder, content in _files(data) if any(part in content for part in secrets)}
        client.send("DELETE", path)
    log = (tmp_path / "server.log").read_text()
    assert " DEBUG " in log
    answers = "\n".join(client.answers)
    assert '"success":true' in answers
    assert kept == {"tenant-secrets"}
    for part in secrets:
        assert part not in log
        assert part not in answers
        assert not [folder for folder, content in _files(data) if part in content]


def _files(data: Path) -> Iterator[tuple[str, str]]:
    """Yield the first folder and the content of every file of an archive."""
    for path in data.rglob("*"):
        with suppress(FileNotFoundError):  # the server may delete it meanwhile
            if path.is_file():
                yield path.relative_to(data).parts[0], path.read_bytes().decode("latin-1")


def _use_everything(client: RecordingClient, store: Provider) -> str:
    """Create a connector with wrong credentials, rotate, test, browse, import and automate. Return its
    path."""
    path, content = creation(store, store.wrong, scopes=["import", "export"])
    connector_id = client.send("POST", path, **content, headers={"Idempotency-Key": "once"})["connector_id"]
    path = f"/connectors/{connector_id}"
    index_id = client.send("POST", "/indexes", json={"name": "Films"})["index_id"]
    chosen = {"connector_id": connector_id, "index_id": index_id}
    uri = f"{SCHEMES[store.address.provider]}://{store.address.container_name}/a.mp4"
    for credentials in (store.wrong, store.credentials):
        client.send("PATCH", path, json=sent(credentials))
        client.send("POST", f"{path}/test")
        client.send("POST", f"{path}/browse", json={})
        body = {"title": "A", "video_uri": uri, "source_connector_id": connector_id}
        client.wait_for(client.send("POST", "/videos", json=body)["job_id"])
        job_id = client.send("POST", "/import-jobs", json=chosen)["job_id"]
        client.wait_for(job_id)
        client.send("POST", f"/import-jobs/{job_id}/retry")
        client.wait_for(job_id)
        client.send("GET", f"/import-jobs/{job_id}/files")
        _automate(client, index_id, connector_id)
    client.send("GET", "/connectors")
    client.send("GET", "/import-jobs")
    return path


def _automate(client: RecordingClient, index_id: str, connector_id: str) -> None:
    """Save, read, pause and resume an automation of each kind."""
    for kind, name in (("import", "connector_id"), ("export", "destination_connector_id")):
        path = f"/indexes/{index_id}/automations/{kind}"
        client.send("PUT", path, json={name: connector_id})
        client.send("GET", path)
        client.send("POST", f"{path}/pause")
        client.send("POST", f"{path}/resume")


def _send_malformed(client: RecordingClient, store: Provider, path: str) -> None:
    """Send the secret in fields of another type or provider, in unknown fields and in broken JSON."""
    secret = secret_of(store.credentials)
    for value in (secret, [secret], {"key": secret}, {secret: 1}, f"{secret}\0", secret * 500):
        for field in (
            "aws_secret_access_key",
            "role_arn",
            "client_secret",
            "tenant_id",
            "credentials",
            "bucket",
        ):
            client.send("PATCH", path, json={field: value})
            client.send("POST", "/connectors/s3", json={"name": "A", field: value})
            client.send("POST", "/connectors/azure", json={"name": "A", field: value})
    for content in (f'{{"client_secret": "{secret}', f'{{"client_secret": "{secret}\udcff"}}'):
        broken = content.encode("utf-8", "surrogateescape")
        for to in ("/connectors/s3", "/connectors/azure"):
            client.send("POST", to, content=broken, headers={"Content-Type": "application/json"})
        files = {"credentials_file": ("key.json", broken)}
        client.send("POST", "/connectors/gcs", data={"name": "A"}, files=files)
