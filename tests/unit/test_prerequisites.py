"""What `make test` says before it sets anything up."""

import subprocess
import sys
from pathlib import Path


def _check(programs: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-S", "-m", "tests.prerequisites"],
        env={"PATH": str(programs), **variables},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    done = _check(tmp_path)
    assert done.returncode == 1
    assert "apt-get install -y chromium" in done.stderr
    assert "OPENSEARCH_URL" in done.stderr
    assert "JDK 17" in done.stderr


def test_machine_with_chromium_and_java_is_ready(tmp_path: Path) -> None:
    for name in ("chromium", "java", "javac", "mvn"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    done = _check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "mvn").unlink()
    assert "Chromium" not in _check(tmp_path).stderr
    assert _check(tmp_path, OPENSEARCH_URL="http://127.0.0.1:9200").returncode == 0
