"""Command ``python -m infra.prerequisites``: missing prerequisites are reported with a remedy."""

from pathlib import Path

import pytest

from infra import prerequisites


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Simulate a machine without AWS credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.mark.parametrize("command", prerequisites.COMMANDS)
def test_missing_credentials_are_reported_by_every_command(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prerequisites.main([command]) == 2
    output = capsys.readouterr()
    assert "account cannot be determined: Unable to locate credentials" in output.err
    assert "aws configure" in output.err
    assert not output.out


def test_unknown_profile_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert prerequisites.main(["deploy"]) == 2
    assert "The config profile (nobody) could not be found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("sise=standard", "Did you mean size?"),
        ("size=huge", "size=huge: Input should be 'idle-zero' or 'standard'"),
        ("region=Frankfurt", "region=Frankfurt: "),
    ],
)
def test_invalid_choice_is_reported_before_aws_is_called(
    wrong: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prerequisites.main(["deploy", "-c", wrong]) == 2
    assert message in capsys.readouterr().err
