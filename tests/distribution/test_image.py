"""The Dockerfile's steps, followed as a script: the server of the image answers with all its parts."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.aws.dockerfile import REPOSITORY, instructions
from tests.distribution.steps import Image, build_context
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.long


def test_server_of_image_answers_with_console_and_docs(tmp_path: Path) -> None:
    context = tmp_path / "context"
    build_context(context)
    image = Image(tmp_path / "stages", context)
    steps = instructions(REPOSITORY / "Dockerfile")
    for each in steps:
        image.follow(each)
    shutil.rmtree(context)
    shutil.rmtree(image.root("web"))
    server = {each.name: each.rest for each in steps if each.stage == "server"}
    python = image.root("server") / "opt" / "venv" / "bin" / "python"
    variables = {**image.environment("server"), "VIDEOVECTOR_SERVER_PORT": "0"}
    variables["VIDEOVECTOR_SERVER_HOST"] = "127.0.0.1"
    command = [str(python), *json.loads(server["ENTRYPOINT"])[1:], *json.loads(server["CMD"])]
    with subprocess.Popen(
        command, cwd=image.root("server") / "app", env=variables, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline().strip()
            origin = first.removeprefix("The server is ready. Open ").partition("/#ticket=")[0]
            health = httpx.get(f"{origin}/health", timeout=HANG_TIMEOUT)
            assert health.json() == {"status": "ok"}
            for path, text in (("/", '<div id="console">'), ("/docs/", "VideoVector Server")):
                assert text in httpx.get(f"{origin}{path}", timeout=HANG_TIMEOUT).text
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_TIMEOUT) == 0
