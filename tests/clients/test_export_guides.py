"""The commands and programs of the guides to exports, run tables and editing, over the sample reel."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx
import pytest

from shared.cli.demo.server import Address
from tests.clients.conftest import Archive
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

DOCS: Final = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for named, block in found if named == language]


@pytest.fixture
def variables(address: Address, archive: Archive) -> dict[str, str]:
    """The variables that the guides read."""
    headers = {"X-API-Key": address.api_key}
    path = f"{address.base_url}/videos/{archive.video_id}/segments"
    found = httpx.get(path, params={"run_id": archive.run_id}, headers=headers, timeout=HANG_TIMEOUT)
    return {
        "VIDEO_VECTOR_API_KEY": address.api_key,
        "VIDEO_VECTOR_BASE_URL": address.base_url,
        "INDEX_ID": archive.index_id,
        "RUN_ID": archive.run_id,
        "VIDEO_ID": archive.video_id,
        "SEGMENT_ID": found.raise_for_status().json()["data"][5]["segment_id"],
    }


def run(command: list[str], folder: Path, variables: Mapping[str, str] | None = None) -> str:
    python = Path(sys.executable).parent
    environment = os.environ | (variables or {}) | {"PATH": f"{python}:{os.environ['PATH']}"}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=HANG_TIMEOUT,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _cue(cue: str) -> tuple[list[float], list[str]]:
    """Return the times and the lines of a cue. The times of words differ a little between processors."""
    number, times, *lines = cue.splitlines()
    found = [
        int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(milliseconds) / 1000
        for hours, minutes, seconds, milliseconds in re.findall(r"(\d+):(\d+):(\d+),(\d+)", times)
    ]
    return found, [number, *lines]


def test_commands_of_editing_leave_the_files_that_the_guide_shows(
    variables: dict[str, str], tmp_path: Path
) -> None:
    run(["bash", "-euo", "pipefail", "-c", "\n".join(blocks("editing.md", "sh"))], tmp_path, variables)
    (subtitles,) = tmp_path.glob("*.srt")
    shown, cut_list = (text for text in blocks("editing.md", "") if "-->" in text or "TITLE" in text)
    shown_cues = [_cue(cue) for cue in shown.strip().split("\n\n")]
    cues = [_cue(cue) for cue in subtitles.read_text("utf-8").strip().split("\n\n")]
    assert [text for _, text in cues[: len(shown_cues)]] == [text for _, text in shown_cues]
    for (times, _), (shown_times, _) in zip(cues, shown_cues, strict=False):
        assert times == pytest.approx(shown_times, abs=0.1)
    lines = [line for line in cut_list.splitlines() if line.startswith("00")]
    assert [
        line for line in (tmp_path / "Trailer.edl").read_text().splitlines() if line.startswith("00")
    ] == lines
    (clip,) = tmp_path.glob("*13-15.5.mp4")
    assert clip.stat().st_size > 1000
    (program,) = blocks("editing.md", "python")
    printed = run([sys.executable, "-c", program], tmp_path).splitlines()
    assert len(printed) == 8
    assert all(line.endswith("sample-reel.mp4") for line in printed)


def test_commands_and_programs_of_exports_leave_files(variables: dict[str, str], tmp_path: Path) -> None:
    [first, *_] = blocks("exports.md", "sh")
    run(["bash", "-euo", "pipefail", "-c", first], tmp_path, variables)
    header, *rows = (tmp_path / "export.csv").read_text("utf-8").splitlines()
    assert header.startswith("result_id,segment_id,")
    assert rows
    client_program, _ = blocks("exports.md", "python")
    assert "completed" in run([sys.executable, "-c", client_program], tmp_path, variables)
    assert (tmp_path / "export.json").stat().st_size > 1000


def test_commands_of_run_tables_fetch_a_table(variables: dict[str, str], tmp_path: Path) -> None:
    run(["bash", "-euo", "pipefail", "-c", "\n".join(blocks("run-tables.md", "sh"))], tmp_path, variables)
    assert (tmp_path / "run.sqlite").read_bytes().startswith(b"SQLite format 3")
