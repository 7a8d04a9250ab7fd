"""OpenSearch server with k-NN for tests.

The server comes from the first source that is available: ``OPENSEARCH_URL``, a container engine, or an
assembly with Java and Maven. If none is available, the tests fail and say how to provide one.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import httpx

from tests.aws.opensearch.assembly import NotAssembled, class_path
from tests.waiting import HANG_TIMEOUT

IMAGE: Final = "opensearchproject/opensearch:2.19.1"
_STOP_SECONDS: Final = 20.0
_MEMORY: Final = "1g"


class NoOpenSearch(Exception):
    """No source provides a server. The message says how to provide one."""


@contextmanager
def opensearch(memory: str = _MEMORY) -> Iterator[str]:
    """Yield the base URL of a healthy server. A server that this call starts is stopped afterwards.

    ``memory`` is the maximum Java heap size. Raises: NoOpenSearch.
    """
    given = os.environ.get("OPENSEARCH_URL")
    if given:
        _await_health(given)
        yield given
        return
    engine = _container_engine()
    if engine:
        with _container(engine, memory) as url:
            yield url
        return
    try:
        classes = class_path()
    except NotAssembled as error:
        raise NoOpenSearch(
            f"These tests need OpenSearch 2.19 with k-NN, which is not available: {error}. "
            "Set OPENSEARCH_URL to a server without authentication, start a container engine (docker or "
            "podman), or install a JDK 17 and Maven."
        ) from error
    with (
        tempfile.TemporaryDirectory(prefix="opensearch-", ignore_cleanup_errors=True) as folder,
        server_process(classes, Path(folder), memory) as (url, _),
    ):
        yield url


@contextmanager
def server_process(
    classes: str, home: Path, memory: str = _MEMORY
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the URL and the process of a server that keeps its data in ``home``, and stop it afterwards."""
    command = ["java", *_vector_options(), f"-Xmx{memory}", "-cp", classes, "Server", f"{home}"]
    with (home / "output").open("wb") as output:
        # The server ends when its standard input closes, which happens however this process ends.
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=home)
    try:
        yield _started(server, home), server
    finally:
        _stop(server)


@cache
def _vector_options() -> list[str]:
    """Return the options with which Lucene compares vectors by SIMD, as OpenSearch's distributions set them.

    They have an effect in Java 20 to 23.
    """
    modules = subprocess.run(["java", "--list-modules"], capture_output=True, text=True, check=True).stdout
    return ["--add-modules=jdk.incubator.vector"] if "jdk.incubator.vector@" in modules else []


def _started(server: subprocess.Popen[bytes], home: Path) -> str:
    deadline = time.monotonic() + HANG_TIMEOUT
    while not (home / "port").exists():
        if server.poll() is not None or time.monotonic() > deadline:
            output = (home / "output").read_text(errors="replace")[-2000:]
            raise NoOpenSearch(f"The assembled OpenSearch did not start: {output}")
        time.sleep(0.1)
    url = f"http://127.0.0.1:{(home / 'port').read_text()}"
    (home / "port").unlink()
    _await_health(url)
    return url


def _stop(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _container_engine() -> str | None:
    for name in ("docker", "podman"):
        if shutil.which(name) and _answers(name):
            return name
    return None


def _answers(engine: str) -> bool:
    try:
        return (
            subprocess.run([engine, "ps"], capture_output=True, timeout=HANG_TIMEOUT, check=False).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        return False


@contextmanager
def _container(engine: str, memory: str) -> Iterator[str]:
    environment = {
        "discovery.type": "single-node",
        "DISABLE_SECURITY_PLUGIN": "true",
        "DISABLE_INSTALL_DEMO_CONFIG": "true",
        "OPENSEARCH_JAVA_OPTS": f"-Xmx{memory}",
    }
    options = [f"--env={name}={value}" for name, value in environment.items()]
    run = [engine, "run", "--rm", "--detach", "--publish=127.0.0.1::9200", *options, IMAGE]
    container = _output(run)
    try:
        address = _output([engine, "port", container, "9200/tcp"]).splitlines()[0]
        url = f"http://{address}"
        _await_health(url)
        yield url
    finally:
        subprocess.run(
            [engine, "rm", "--force", container], capture_output=True, timeout=HANG_TIMEOUT, check=False
        )


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_TIMEOUT, check=False)
    if done.returncode:
        raise NoOpenSearch(
            f"{command[0]} cannot run {IMAGE}: {done.stderr.strip()}. Alternatively, set OPENSEARCH_URL."
        )
    return done.stdout.strip()


def _await_health(url: str) -> None:
    """Wait until the cluster is healthy. Raises: NoOpenSearch: it is not healthy in time."""
    deadline = time.monotonic() + HANG_TIMEOUT
    while True:
        try:
            health = httpx.get(
                f"{url}/_cluster/health", params={"wait_for_status": "yellow"}, timeout=HANG_TIMEOUT
            )
            if health.is_success:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise NoOpenSearch(f"No OpenSearch answers at {url}.")
        time.sleep(0.2)


@cache
def shared_url() -> str:
    """Return the URL of the test process's server, which is started at first use and stopped at exit."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(opensearch())
