"""The product, deployed to the emulator with a real OpenSearch, and accessed as by its users."""

import atexit
import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3  # type: ignore[import-untyped]

from infra.configuration import Configuration
from infra.environment import PREFIX
from tests.aws.deployment import stacks
from tests.aws.deployment.stacks import NAME
from tests.aws.emulator import Emulator, free_port
from tests.aws.opensearch.server import shared_url

_REPOSITORY: Final = Path(__file__).resolve().parents[3]
_RUNS: Final = _REPOSITORY / ".tools" / "deployment" / "runs"
_SERVICES: Final = (
    *("cloudformation", "s3", "ssm", "iam", "batch", "dynamodb", "stepfunctions", "lambda", "sqs", "events"),
)
CLIENT_SUITE_VARIABLE: Final = "CLIENT_SUITE_ON"
"""With the value ``aws``, the suite of the official clients runs on the deployed stacks."""

_EMULATOR: Final = Path(__file__).with_name("emulator_with_batch.py")


WATCHED_BUCKET: Final = "watched-archive"
"""A bucket whose events reach import automations, once a test creates it."""

__all__ = ["NAME", "WATCHED_BUCKET", "Deployed", "deployed", "sign_in_link"]


@dataclass(frozen=True)
class Deployed:
    """The addresses, the first API key and the outputs of the deployed stacks."""

    base_url: str
    api_key: str
    search_url: str
    outputs: dict[str, str]
    clients: dict[str, Any]
    environment: dict[str, str]
    """The variables with which a process finds the emulator in place of AWS."""
    jobs: Path
    """A folder for each Batch job; see ``emulator_with_batch``."""
    site_origin: str
    """An origin of this machine whose pages the media bucket accepts. Its port is free for a test's site."""


@functools.cache
def deployed() -> Deployed:
    """Deploy the product once per test process; the deployment ends with the process."""
    emulator = _start_emulator()
    search_url = shared_url()
    clients = {name: boto3.client(name, **_client_arguments(emulator)) for name in _SERVICES}
    site_origin = f"http://127.0.0.1:{free_port()}"
    outputs = stacks.deploy(clients, search_url, {"browser_origins": site_origin, **_addresses(emulator)})
    return Deployed(
        base_url=_base_url(emulator, outputs["BaseUrl"]),
        api_key=_first_key(emulator, outputs["FirstKey"]),
        search_url=search_url,
        outputs=outputs,
        clients=clients,
        environment=emulator.environment,
        jobs=emulator.log.parent / "jobs",
        site_origin=site_origin,
    )


def _addresses(emulator: Emulator) -> dict[str, str]:
    """Return the hosts that webhooks of the tests deliver to, and the stores of connectors: the emulator, and
    for the suite of the official clients those of the other providers."""
    found = {
        "webhook_hosts": "127.0.0.1",
        "s3_base_url": emulator.url,
        "s3_endpoints": emulator.url,
        "watched_buckets": WATCHED_BUCKET,
    }
    if os.environ.get(CLIENT_SUITE_VARIABLE) == "aws":
        from tests.stores.settings_of_server import store_variables

        settings = {name.removeprefix(PREFIX).lower(): value for name, value in store_variables().items()}
        found = {
            name: value for name, value in settings.items() if name in Configuration.model_fields
        } | found
    return found


def _start_emulator() -> Emulator:
    folder = _RUNS / str(os.getpid())
    for old in _RUNS.glob("*"):
        if not Path("/proc", old.name).exists():
            shutil.rmtree(old, ignore_errors=True)
    emulator = Emulator(
        folder,
        {"AUTH": "true", "WORKER_PYTHON": sys.executable, "WORKER_FOLDER": str(_REPOSITORY)},
        [str(_EMULATOR)],
    ).__enter__()
    atexit.register(emulator.stop)
    return emulator


def _client_arguments(emulator: Emulator) -> dict[str, str]:
    found = emulator.environment
    return {
        "endpoint_url": emulator.url,
        "region_name": found["AWS_REGION"],
        "aws_access_key_id": found["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": found["AWS_SECRET_ACCESS_KEY"],
    }


def _base_url(emulator: Emulator, output: str) -> str:
    """Return the base URL on the emulator, which serves the host of an API below a path of its own."""
    found = re.fullmatch(r"https://(\w+)\.execute-api\.[^/]+(/.*)", output)
    assert found is not None, output
    return f"{emulator.url}/_aws/execute-api/{found[1]}/$default{found[2]}"


def sign_in_link(product: Deployed) -> str:
    """Print a link to the console, by the guide's command, for an operator who has set no region."""
    command = product.outputs["FirstKey"].partition(" create ")[0]
    return _printed(product.environment, f"{command} sign-in-link --address {product.site_origin}")


def _first_key(emulator: Emulator, command: str) -> str:
    """Create the first key by the command in the stack's output, for a user who has set no region."""
    return _printed(emulator.environment, command)


def _printed(environment: dict[str, str], command: str) -> str:
    """Run a command of the guide, which begins with its variables; return the last line of its output."""
    words = shlex.split(command)
    variables = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    known = {name: value for name, value in environment.items() if "REGION" not in name}
    ended = subprocess.run(
        words[len(variables) :],
        cwd=_REPOSITORY,
        env=os.environ | known | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.splitlines()[-1]
