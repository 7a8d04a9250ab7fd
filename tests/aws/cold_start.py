"""Processor time of a function's cold start, and of its floor, each in a process of its own.

As in Lambda, the process has the packages of the API's layer only.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
RESOURCES: Final = sorted(
    path.parent.name for path in (REPOSITORY / "functions" / "api").glob("*/handler.py")
)

_PROGRAM: Final = """
import json, resource, sys

def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1000

before = spent()
{start}
print(json.dumps({{"milliseconds": spent() - before, "modules": sorted(sys.modules)}}))
"""
_HANDLER: Final = """
import importlib
handler = importlib.import_module("functions.api.{resource}.handler").handler
handler.runtime.ports.records
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
    return _start(_HANDLER.format(resource=resource), packages)


def start_floor(packages: Path) -> Start:
    """Import the packages that every handler needs and create a plain DynamoDB client."""
    return _start(_FLOOR, packages)


def _start(start: str, packages: Path) -> Start:
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": f"{packages}{os.pathsep}{REPOSITORY}",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": "records",
    }
    done = subprocess.run(
        [sys.executable, "-S", "-c", _PROGRAM.format(start=start)],
        env=environment,
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    measured = json.loads(done.stdout)
    return Start(measured["milliseconds"], frozenset(measured["modules"]))
