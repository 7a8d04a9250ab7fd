"""``AWS_REGION`` is what Lambda, the AWS command and this guide's own commands name the region with."""

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
def test_the_region_is_where_every_tool_of_aws_looks_for_it(variables: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=variables, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "eu-west-3"
