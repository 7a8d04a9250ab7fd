"""The region of AWS clients. Lambda, the AWS CLI and the guide's commands use ``AWS_REGION``."""

import subprocess
import sys

import pytest

PROGRAM = (
    "from shared.adapters.aws.clients import AwsClients; print(AwsClients().get('dynamodb').meta.region_name)"
)


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_REGION": "eu-west-3"},
        {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "us-east-1"},
        {"AWS_DEFAULT_REGION": "eu-west-3"},
    ],
)
def test_region_is_read_from_environment(variables: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=variables, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "eu-west-3"
