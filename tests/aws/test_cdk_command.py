"""The operator's targets, run by the CDK's own command: bootstrap, deploy and destroy.

All stacks were deployed this way by hand. This test deploys the stack that needs no built assets.
"""

import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from layers.lock_files import REPOSITORY
from tests.aws.emulator import REGION, Emulator

pytestmark = pytest.mark.slow

_CHOICES = (
    "-c name=films -c emulator=true -c search_engine=external -c search_endpoint=http://127.0.0.1:9200"
    " -c deletion_protection=false"
)


@dataclass(frozen=True)
class Operator:
    """An operator at a terminal, with the credentials of an account of their own."""

    emulator: Emulator
    folder: Path

    def make(
        self, target: str, choices: str = _CHOICES, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a target's recipe without its prerequisites, which would set up the test environment again."""
        words = [
            "make",
            "--dry-run",
            "--no-print-directory",
            target,
            "STACKS=films-data",
            f"CHOICES={choices}",
        ]
        recipe = self._run(words, {}).stdout.splitlines()
        commands = [line for line in recipe if "aws-cdk@" in line or "infra.prerequisites" in line]
        assert commands, recipe
        return self._run(["bash", "-ec", "\n".join(commands)], variables)

    def client(self, service: str, region: str = REGION) -> Any:
        key = self.emulator.environment["AWS_ACCESS_KEY_ID"]
        return boto3.client(
            service,
            endpoint_url=self.emulator.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=key,
        )

    def _run(self, words: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=REPOSITORY,
            env=os.environ | self.emulator.environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """An operator with an emulator of their own, which is not bootstrapped."""
    folder = tmp_path_factory.mktemp("operator")
    with Emulator(folder / "emulator") as emulator:
        yield Operator(emulator, folder)


def test_stack_is_deployed_to_empty_account_and_destroyed(operator: Operator) -> None:
    early = operator.make("deploy")
    assert early.returncode == 2
    assert "Run `make bootstrap` once" in early.stderr

    bootstrapped = operator.make("bootstrap")
    assert bootstrapped.returncode == 0, bootstrapped.stderr[-2000:]
    assert f"aws://000000000000/{REGION} bootstrapped" in bootstrapped.stdout + bootstrapped.stderr

    stopped = operator.make("deploy", "-c name=films", CDK_DOCKER="no-such-engine")
    assert stopped.returncode == 2
    assert "-c worker_image=" in stopped.stderr

    assembly = f" -o {shlex.quote(str(operator.folder / 'cdk.out'))}"
    deployed = operator.make("deploy", f"{_CHOICES}{assembly} --require-approval never")
    assert deployed.returncode == 0, deployed.stderr[-3000:]
    (stack,) = operator.client("cloudformation").describe_stacks(StackName="films-data")["Stacks"]
    table = next(each["OutputValue"] for each in stack["Outputs"] if each["OutputKey"] == "RecordsTable")

    destroyed = operator.make("destroy", f"{_CHOICES}{assembly} --force")
    assert destroyed.returncode == 0, destroyed.stderr[-3000:]
    assert table in operator.client("dynamodb").list_tables()["TableNames"]


def test_bootstrap_prepares_every_region_of_stacks(operator: Operator) -> None:
    """AWS fixes the web firewall's region; the operator cannot choose it."""
    assert operator.make("bootstrap", "-c name=films -c size=standard").returncode == 0
    for region in (REGION, "us-east-1"):
        (made,) = operator.client("cloudformation", region).describe_stacks(StackName="CDKToolkit")["Stacks"]
        assert made["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
