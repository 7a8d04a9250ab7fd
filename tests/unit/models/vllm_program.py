"""A substitute for the vLLM program: its command line, protocol and processes, without a model.

Files in the weights' folder select its behaviour (``Behaviour``), and it records its start and its requests
there.
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
    """A behaviour is selected by a file of its name in the weights' folder."""

    EXITS_AT_START = "exits-at-start"
    NEVER_READY = "never-ready"
    CRASHES_ON_REQUEST = "crashes-on-request"
    ENGINE_LOST = "engine-lost"
    STOPS_LISTENING = "stops-listening"
    """With the last two the process stays alive for a while.

    vLLM does the same: it exits 10 s after the loss of its engine.
    """


def install(folder: Path) -> None:
    """Install an executable ``vllm`` in ``folder``."""
    repository = Path(__file__).resolve().parents[3]
    program = folder / "vllm"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(repository)!r})\n"
        f"from {__name__} import main\nsys.exit(main(sys.argv[1:]))\n",
        encoding="utf-8",
    )
    program.chmod(0o755)


def recorded(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return what the program has recorded in a file."""
    path = folder / name
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    folder, key = Path(options.model_tag), os.environ["VLLM_API_KEY"]
    if (folder / Behaviour.EXITS_AT_START).exists():
        print("(APIServer pid=6) WARNING This can cause errors like `OSError: Too many open files`.\n" * 5)
        print(f"(EngineCore pid=7) ERROR ValueError: there is no room for the KV cache ({key})")
        print("(APIServer pid=6)   File 'utils.py', line 1351, in launch_core_engines\n" * 40)
        print("RuntimeError: Engine core initialization failed. See root cause above.", flush=True)
        return 1
    # This process stands in for the engine.
    engine = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    _record(
        folder,
        STARTED,
        arguments=list(arguments),
        environment=dict(os.environ),
        processes=[os.getpid(), engine.pid],
    )
    if not (folder / Behaviour.NEVER_READY).exists():
        _serve(options, folder, f"Bearer {key}")
    threading.Event().wait()
    return 0


def _serve(options: argparse.Namespace, folder: Path, key: str) -> None:
    def behave(body: dict[str, Any], _: int) -> Reply:
        if set(server.keys) != {key}:
            return refuses("Unauthorized", 401)
        if body["model"] not in options.served_model_name:
            return refuses(f"The model {body['model']!r} does not exist.", 404)
        content = body["messages"][1]["content"]
        images = [part for part in content if part["type"] == "image_url"]
        if len(images) > options.limit_mm_per_prompt["image"]:
            return refuses("At most so many image(s) may be provided in one prompt.")
        if (folder / Behaviour.CRASHES_ON_REQUEST).exists():
            os._exit(9)
        if (folder / Behaviour.ENGINE_LOST).exists():
            server.health = 503
        if (folder / Behaviour.STOPS_LISTENING).exists():
            closing.set()
        if server.health != 200 or closing.is_set():
            return refuses("EngineCore encountered an issue.", 500)
        if not 0 < body.get("max_completion_tokens", 0) < options.max_model_len:
            return refuses("An answer without end is no answer.")
        _record(folder, ASKED, pictures=len(images))
        schema = body["response_format"]["json_schema"]["schema"]
        return says(json.dumps({name: _value(part) for name, part in schema["properties"].items()}))

    server: ChatServer
    closing = threading.Event()
    with chat_server(behave, options.port) as server:
        print("Application startup complete.", flush=True)
        closing.wait()
        wait_until(lambda: server.answered == len(server.requests), "the last answer")


def _parser() -> argparse.ArgumentParser:
    """Build the parser for the used options of ``vllm serve``, with their documented value types."""
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


def _record(folder: Path, name: str, **values: Any) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(json.dumps(values) + "\n")


def _value(schema: dict[str, Any]) -> Any:
    types = schema.get("type", "string")
    type_name = types[0] if isinstance(types, list) else types
    return {"array": [], "object": {}, "integer": 1, "number": 1.0, "boolean": True}.get(type_name, "made up")
