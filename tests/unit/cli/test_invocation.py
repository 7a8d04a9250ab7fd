"""The commands that the program prints."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from shared.cli.invocation import invocation


def test_command_is_relative_to_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(Path.cwd() / ".venv" / "bin" / "python"))
    assert invocation("keys", "list") == ".venv/bin/python -m shared.cli keys list"
    monkeypatch.setattr(sys, "executable", "/elsewhere/my python")
    assert invocation() == "'/elsewhere/my python' -m shared.cli"


def test_arguments_are_quoted_for_shell() -> None:
    folder = Path("it's my $data")
    assert shlex.split(invocation("keys", "list", "--data", folder))[-1] == str(folder)


@pytest.mark.slow
def test_usage_error_names_command_that_runs() -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "shared.cli", "serve", "--port", "99999"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    (advised,) = [line for line in refused.stderr.splitlines() if line.startswith("Try ")]
    command = shlex.split(shlex.split(advised)[1])
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
