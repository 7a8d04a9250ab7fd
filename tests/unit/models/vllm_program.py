"""A program that stands in for vLLM: its command line, its protocol and its processes, without a model.

The folder that it is given for weights says how it behaves (``Behaviour``) and is told what happened.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from tests.unit.models.chat_server import ChatServer, Reply, chat_server, refuses, says
from tests.waiting import wait_until

STARTED: Final = "started.jsonl"
ASKED: Final = "asked.jsonl"


class Behaviour(StrEnum):
    """A file of that name in the weights' folder."""

    DIES_EARLY = "dies-early"
    NEVER_READY = "never-ready"
    DIES_WHEN_ASKED = "dies-when-asked"
    LOSES_ITS_ENGINE = "loses-its-engine"
    STOPS_LISTENING = "stops-listening"
    """Both stay, for a while: vLLM does both when its engine dies, and ends 10 s later."""


def install(folder: Path) -> None:
    """An executable ``vllm`` in ``folder``."""
    repository = Path(__file__).resolve().parents[3]
    program = folder / "vllm"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(repository)!r})\n"
        f"from {__name__} import main\nsys.exit(main(sys.argv[1:]))\n",
        encoding="utf-8",
    )
    program.chmod(0o755)


def told(folder: Path, name: str) -> list[dict[str, Any]]:
    """What the program has written down."""
    path = folder / name
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def main(arguments: Sequence[str]) -> int:
    given = _parser().parse_args(arguments)
    folder, key = Path(given.model_tag), os.environ["VLLM_API_KEY"]
    if (folder / Behaviour.DIES_EARLY).exists():
        print("(APIServer pid=6) WARNING This can cause errors like `OSError: Too many open files`.\n" * 5)
        print(f"(EngineCore pid=7) ERROR ValueError: there is no room for the KV cache ({key})")
        print("(APIServer pid=6)   File 'utils.py', line 1351, in launch_core_engines\n" * 40)
        print("RuntimeError: Engine core initialization failed. See root cause above.", flush=True)
        return 1
    engine = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])  # it has its own
    _tell(
        folder,
        STARTED,
        arguments=list(arguments),
        environment=dict(os.environ),
        processes=[os.getpid(), engine.pid],
    )
    if not (folder / Behaviour.NEVER_READY).exists():
        _serve(given, folder, f"Bearer {key}")
    threading.Event().wait()
    return 0


def _serve(given: argparse.Namespace, folder: Path, key: str) -> None:
    def behave(body: dict[str, Any], _: int) -> Reply:
        if set(server.keys) != {key}:
            return refuses("Unauthorized", 401)
        if body["model"] not in given.served_model_name:
            return refuses(f"The model {body['model']!r} does not exist.", 404)
        content = body["messages"][1]["content"]
        pictures = [part for part in content if part["type"] == "image_url"]
        if len(pictures) > given.limit_mm_per_prompt["image"]:
            return refuses("At most so many image(s) may be provided in one prompt.")
        if (folder / Behaviour.DIES_WHEN_ASKED).exists():
            os._exit(9)
        if (folder / Behaviour.LOSES_ITS_ENGINE).exists():
            server.health = 503
        if (folder / Behaviour.STOPS_LISTENING).exists():
            closing.set()
        if server.health != 200 or closing.is_set():
            return refuses("EngineCore encountered an issue.", 500)
        if not 0 < body.get("max_completion_tokens", 0) < given.max_model_len:
            return refuses("An answer without end is no answer.")
        _tell(folder, ASKED, pictures=len(pictures))
        schema = body["response_format"]["json_schema"]["schema"]
        return says(json.dumps({name: _value(part) for name, part in schema["properties"].items()}))

    server: ChatServer
    closing = threading.Event()
    with chat_server(behave, given.port) as server:
        print("Application startup complete.", flush=True)
        closing.wait()
        wait_until(lambda: server.answered == len(server.requests), "the last answer")


def _parser() -> argparse.ArgumentParser:
    """The options of ``vllm serve`` that are used, with the kinds of values that its documentation names."""
    parser = argparse.ArgumentParser(prog="vllm", allow_abbrev=False)
    serve = parser.add_subparsers(required=True).add_parser("serve", allow_abbrev=False)
    serve.add_argument("model_tag")
    serve.add_argument("--served-model-name", nargs="+", required=True)
    serve.add_argument("--host", choices=["127.0.0.1"], required=True)
    serve.add_argument("--port", type=int, required=True)
    serve.add_argument("--gpu-memory-utilization", type=float, required=True)
    serve.add_argument("--max-model-len", type=int, required=True)
    serve.add_argument("--max-num-seqs", type=int, required=True)
    serve.add_argument("--limit-mm-per-prompt", type=json.loads, required=True)
    serve.add_argument("--mm-processor-kwargs", type=json.loads)
    serve.add_argument("--mm-processor-cache-gb", type=float, required=True)
    serve.add_argument("--structured-outputs-config", type=json.loads, required=True)
    serve.add_argument("--enable-log-requests", action=argparse.BooleanOptionalAction)
    serve.add_argument("--disable-log-stats", action="store_true")
    levels = ["critical", "error", "warning", "info", "debug", "trace"]
    serve.add_argument("--uvicorn-log-level", choices=levels)
    return parser


def _tell(folder: Path, name: str, **what: Any) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")


def _value(schema: dict[str, Any]) -> Any:
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    return {"array": [], "object": {}, "integer": 1, "number": 1.0, "boolean": True}.get(kind, "made up")
