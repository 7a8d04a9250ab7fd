"""The commands of a new user: the demo, then a server on the archive that the demo leaves.

They run where everything that only Linux has is hidden, so that they have no reason to fail on macOS.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import httpx
import pytest

from shared.cli.demo.sample import EXPECTATIONS
from shared.cli.demo.server import running_server
from tests import without_linux
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

ENVIRONMENT: Final = os.environ | {"PYTHONPATH": str(Path(without_linux.__file__).parent), "COLUMNS": "200"}
REPOSITORY: Final = Path(__file__).parents[2]
COMMAND: Final = (sys.executable, "-m", "shared.cli")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a demo whose name has a blank, and what the demo printed."""
    out = tmp_path_factory.mktemp("first hour") / "my demo"
    ran = subprocess.run(
        [*COMMAND, "demo", "--out", str(out)], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return out, ran.stdout


@contextmanager
def server(data: Path) -> Iterator[list[str]]:
    """Serve ``data`` on a free port. Yield the lines that the server prints."""
    command = [*COMMAND, "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield [process.stdout.readline().strip() for _ in range(4)]
        finally:
            process.terminate()


def run(command: str) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        timeout=HANG_TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_quickstart(address: str, api_key: str) -> str:
    """Run the program of the README; return what it prints."""
    (program,) = re.findall(
        r"^```python\n(.*?)^```", (REPOSITORY / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    variables = {"VIDEO_VECTOR_BASE_URL": address, "VIDEO_VECTOR_API_KEY": api_key}
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, cwd=REPOSITORY, env=ENVIRONMENT | variables, capture_output=True, text=True, check=True
    ).stdout


def test_process_without_linux_sees_no_linux() -> None:
    program = "import os, sys; print(sys.platform, hasattr(os, 'pidfd_open')); open('/proc/stat')"
    ran = subprocess.run(
        [sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert ran.stdout.startswith("darwin False")
    assert "FileNotFoundError" in ran.stderr


def test_demo_finds_every_scene_and_its_page_plays_them(demo: tuple[Path, str]) -> None:
    out, printed = demo
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count('class="good"') == len(EXPECTATIONS)
    assert "not found" not in printed
    for link in set(re.findall(r'(?:href|src)="(data/[^"#]*)', page)):
        assert (out / unquote(link)).is_file(), link
    assert len(re.findall(r'href="data/[^"]*#t=[\d.]+,[\d.]+"', page)) > len(EXPECTATIONS)
    linked = re.findall(r'(?:href|src)="((?:https?:)?//[^"]*)', page)
    assert linked == ["http://127.0.0.1:8000/"], "the console alone"


def test_commands_that_demo_prints_search_its_archive(demo: tuple[Path, str]) -> None:
    out, printed = demo
    serve, rest = printed.partition("To serve it:")[2].split("Or search it in another terminal:")
    serve = serve.partition("Then look at it in a browser, at http://127.0.0.1:8000/\n")[0]
    assert run(f'set -- {serve.strip()}; echo "$3"').strip() == f"DATA={out / 'data'}"
    commands = rest.partition("The key is shown")[0]
    with server(out / "data") as lines:
        address = lines[2].removeprefix("export VIDEO_VECTOR_BASE_URL=")
        hits = json.loads(run(commands.replace("http://127.0.0.1:8000/api/v2", address)))["data"]
        another = run(lines[3].removeprefix("# Another key: ")).splitlines()[-1]
        page = lines[0].removeprefix("The server is ready. Open ")
        found = run_quickstart(address, another)
        listed = httpx.get(f"{address}/indexes", headers={"X-API-Key": another}, timeout=HANG_TIMEOUT)
        ticket = page.partition("/#ticket=")[2]
        signed_in = httpx.post(f"{address}/console/sign-in", json={"ticket": ticket}, timeout=HANG_TIMEOUT)
        assert signed_in.json()["key_name"] == "console"
    assert hits[0]["start_time"] == pytest.approx(17.9, abs=0.2)
    assert float(found.splitlines()[0].split()[1]) == pytest.approx(26.5, abs=0.2)
    assert [index["name"] for index in listed.json()] == ["Demo", "Holidays"]


def test_second_demo_gets_another_key(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        with running_server(tmp_path / "data") as address:
            headers = {"X-API-Key": address.api_key}
            answer = httpx.get(f"{address.base_url}/indexes", headers=headers, timeout=HANG_TIMEOUT)
            assert answer.status_code == 200
            keys.append(address.api_key)
    assert len(set(keys)) == 2
