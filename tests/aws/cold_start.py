"""Cost of a function's cold start, and of its floor, each in a process of its own.

The cost is processor time, which depends on the machine, or a count of function calls, which does not. As in
Lambda, the process has the packages of the API's layer only.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
RESOURCES: Final = sorted(
    path.parent.name for path in (REPOSITORY / "functions" / "api").glob("*/handler.py")
)

_TIMED: Final = """
import json, resource, sys

def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1000

{prepare}
before = spent()
{start}
print(json.dumps({{"milliseconds": spent() - before, "modules": sorted(sys.modules)}}))
"""
_COUNTED: Final = """
import sys

calls = 0

def count(_frame, event, _argument):
    global calls
    calls += event in ("call", "c_call")

sys.setprofile(count)
{start}
sys.setprofile(None)
print(calls)
"""
_HANDLER: Final = """
import importlib
handler = importlib.import_module("functions.api.{resource}.handler").handler
handler.runtime.ports.records
"""
_SEARCH_INDEX: Final = """
from shared.domain.evidence import EmbeddingSpace
from shared.runtime.aws import open_search
from shared.services.search.spaces import Spaces
space = EmbeddingSpace(model="any", version="1", dimension=384)
open_search(handler.runtime.settings, Spaces(text=space, picture=space))
"""
_FLOOR: Final = """
import botocore.session
import fastapi
import jsonschema_rs
import mangum
import pydantic_settings
import ulid
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics import Metrics
mangum.Mangum(fastapi.FastAPI(), lifespan="off")
Logger(service="floor")
Metrics(namespace="floor", service="floor")
botocore.session.get_session().create_client("dynamodb")
"""


@dataclass(frozen=True)
class Start:
    milliseconds: float
    modules: frozenset[str]


def start_handler(resource: str, packages: Path) -> Start:
    """Import the handler of ``resource`` and create its DynamoDB client."""
    return _timed(_HANDLER.format(resource=resource), packages)


def start_floor(packages: Path) -> Start:
    """Import the packages that every handler needs; create a plain DynamoDB client."""
    return _timed(_FLOOR, packages)


def open_index(packages: Path) -> Start:
    """Create the client of OpenSearch in the function of searches, once its handler is imported."""
    return _timed(_SEARCH_INDEX, packages, prepare=_HANDLER.format(resource="search"))


def handler_calls(resource: str, packages: Path) -> int:
    """Count the function calls of ``start_handler``; calls into C count once."""
    return _counted(_HANDLER.format(resource=resource), packages)


@cache
def floor_calls(packages: Path, needed: tuple[str, ...] = ()) -> int:
    """Count the function calls of ``start_floor`` with ``needed`` imported as well."""
    return _counted("\n".join([_FLOOR, *(f"import {name}" for name in needed)]), packages)


def _timed(start: str, packages: Path, prepare: str = "") -> Start:
    measured = json.loads(_printed(_TIMED.format(prepare=prepare, start=start), packages))
    return Start(measured["milliseconds"], frozenset(measured["modules"]))


def _counted(start: str, packages: Path) -> int:
    """Return the fewer calls of two starts: the first one may have to compile modules."""
    program = _COUNTED.format(start=start)
    return min(int(_printed(program, packages)) for _ in range(2))


def _printed(program: str, packages: Path) -> str:
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": f"{packages}{os.pathsep}{REPOSITORY}",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": "records",
        "VIDEOVECTOR_SERVER_SEARCH_ENDPOINT": "https://search.example",
    }
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env=environment,
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
