"""What a deployment lacks is said within seconds, with what is to be done."""

from pathlib import Path

import pytest

from infra import prerequisites


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.mark.parametrize("command", prerequisites.COMMANDS)
def test_without_credentials_every_command_says_so(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert prerequisites.main([command]) == 2
    said = capsys.readouterr()
    assert "whose credentials these are: Unable to locate credentials" in said.err
    assert "aws configure" in said.err
    assert not said.out


def test_a_profile_that_there_is_not_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert prerequisites.main(["deploy"]) == 2
    assert "The config profile (nobody) could not be found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("sise=standard", "Is size meant?"),
        ("size=huge", "size=huge: Input should be 'idle-zero' or 'standard'"),
        ("region=Frankfurt", "region=Frankfurt: "),
    ],
)
def test_a_wrong_choice_is_named_before_anybody_is_asked(
    wrong: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prerequisites.main(["deploy", "-c", wrong]) == 2
    assert said in capsys.readouterr().err
