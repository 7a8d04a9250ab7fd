"""What an operator types, by the CDK's own command: from an empty account to a stack, and away again.

All stacks went this way by hand; here it is the one that needs nothing built.
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
    """Somebody at a terminal, with the credentials of an account of their own."""

    emulator: Emulator
    folder: Path

    def make(
        self, target: str, choices: str = _CHOICES, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """The recipe, without the target's own needs: they would set up this very environment anew."""
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
    """With an emulator of their own, in which no bootstrap is."""
    folder = tmp_path_factory.mktemp("operator")
    with Emulator(folder / "emulator") as emulator:
        yield Operator(emulator, folder)


def test_from_an_empty_account_to_a_stack_and_away_again(operator: Operator) -> None:
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


def test_each_region_that_stacks_are_in_is_prepared(operator: Operator) -> None:
    """The web firewall's is AWS's choice, not the operator's."""
    assert operator.make("bootstrap", "-c name=films -c size=standard").returncode == 0
    for region in (REGION, "us-east-1"):
        (made,) = operator.client("cloudformation", region).describe_stacks(StackName="CDKToolkit")["Stacks"]
        assert made["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
