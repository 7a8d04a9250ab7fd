"""Links of exports over TLS, with a local authority: the official client accepts and follows them."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from videovector import AsyncVideoVector, VideoVector

from shared.domain.access import Scope
from shared.runtime import Runtime
from shared.settings import Settings
from tests.api.conftest import application_over, client_over
from tests.api.imports import picture
from tests.api.live_client import serving
from tests.api.test_exports import CALLER, created, work
from tests.certificates import Authority
from tests.export_contract import check_link
from tests.unit.services.run_records import add_run
from tests.unit.services.run_world import add_media
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class SecureServer:
    """A server over TLS with a finished export. ``trust`` are the settings of a client that trusts it."""

    base_url: str
    key: str
    export_id: str
    runtime: Runtime
    trust: ssl.SSLContext


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecureServer]:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))  # the official client reads it
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"https://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(data_folder=tmp_path / "data", public_base_url=origin)
    runtime = small_runtime(settings, SmallModels())
    client = client_over(runtime)
    index_id = client.post("/indexes", json={"name": "films"}).json()["index_id"]
    film = add_media(runtime.documents, runtime.ports.blobs, CALLER, picture(tmp_path), index_id)
    export_id = created(client, f"prompt-run/{add_run(runtime.ports, film)}")
    work(runtime)
    _, key = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.READ])
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    with serving(application_over(runtime), listener, authority.server_files("127.0.0.1")) as base_url:
        yield SecureServer(base_url, key, export_id, runtime, trust)


def test_official_client_mints_a_link_that_anybody_can_follow(server: SecureServer) -> None:
    with VideoVector(api_key=server.key, base_url=server.base_url) as client:
        url = client.exports.download_url(server.export_id)
        content = b"".join(client.exports.iter_download(server.export_id))
    assert url is not None
    answer = httpx.get(
        url, verify=server.trust, timeout=HANG_TIMEOUT, headers={"Accept-Encoding": "identity"}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["content-length"] == str(len(content))
    assert not {"content-encoding", "transfer-encoding"} & set(answer.headers)
    assert answer.content == content


def test_official_asynchronous_client_mints_a_link(server: SecureServer) -> None:
    async def minted() -> str | None:
        async with AsyncVideoVector(api_key=server.key, base_url=server.base_url) as client:
            return await client.exports.download_url(server.export_id)

    url = asyncio.run(minted())
    link = httpx.post(
        f"{server.base_url}/exports/{server.export_id}/download-url",
        headers={"X-API-Key": server.key},
        verify=server.trust,
        timeout=HANG_TIMEOUT,
    ).json()
    check_link(link, server.export_id, server.base_url)
    assert url is not None
    assert httpx.get(url, verify=server.trust, timeout=HANG_TIMEOUT).status_code == 200


def test_n8n_downloads_through_the_link_with_a_file_name(server: SecureServer) -> None:
    """n8n follows the link without any header of its own, and names the file by Content-Disposition."""
    headers = {"X-API-Key": server.key, "Content-Type": "application/json"}
    minted = httpx.post(
        f"{server.base_url}/exports/{server.export_id}/download-url",
        headers=headers,
        content=b"{}",
        verify=server.trust,
        timeout=HANG_TIMEOUT,
    )
    answer = httpx.get(minted.json()["download_url"], verify=server.trust, timeout=HANG_TIMEOUT)
    name = f"videovector-prompt-run-{server.export_id}.json"
    assert f'filename="{name}"' in answer.headers["content-disposition"]
