"""Commands on a laptop without the AWS packages, as after ``make demo`` in a fresh clone."""

import subprocess
import sys
from typing import Final

import pytest
from botocore.exceptions import (  # type: ignore[import-untyped]
    ClientError,
    NoCredentialsError,
    NoRegionError,
)
from typer.testing import CliRunner

from shared.cli import aws
from shared.cli.__main__ import application

ONLY_ON_AWS: Final = ("boto3", "botocore", "s3transfer", "opensearchpy", "mangum", "aws_lambda_powertools")

COMMANDS: Final = """
import sys
sys.modules |= dict.fromkeys(sys.argv[1:])
import shared.cli.__main__
"""


@pytest.mark.slow
def test_commands_load_without_aws_packages() -> None:
    completed = subprocess.run(
        [sys.executable, "-c", COMMANDS, *ONLY_ON_AWS], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr[-2000:]


@pytest.mark.parametrize("command", ["keys list", "upgrade", "move-to-aws", "move --from a.env --to b"])
def test_aws_command_names_how_to_install_packages(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ONLY_ON_AWS:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RECORDS_TABLE", "table")
    result = CliRunner().invoke(application, command.split())
    assert result.exit_code == 1
    assert result.output == "The packages for AWS are not installed here. Once: make aws-packages\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoRegionError(), "Name the deployment's region in AWS_REGION."),
        (NoCredentialsError(), "aws configure"),
        (ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetItem"), "Are the table's name"),
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "Scan"), "Scan"),
    ],
)
def test_aws_error_is_described_with_remedy(error: Exception, said: str) -> None:
    assert isinstance(error, aws.error_types())
    description = aws.describe_error(error)
    assert description.startswith("AWS says: ")
    assert said in description
