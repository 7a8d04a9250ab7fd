"""The region of AWS clients. Lambda, the AWS CLI and the guide's commands use ``AWS_REGION``."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.adapters.aws.clients import new_session

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


def test_named_profile_and_region_precede_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that uses two accounts names a profile for each."""
    file = tmp_path / "credentials"
    file.write_text("[new]\naws_access_key_id = of-profile\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-shell")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    shell, named = new_session(), new_session("new", "us-east-1")
    assert [each.get_credentials().access_key for each in (shell, named)] == ["of-shell", "of-profile"]
    assert [each.get_config_variable("region") for each in (shell, named)] == ["eu-west-3", "us-east-1"]
