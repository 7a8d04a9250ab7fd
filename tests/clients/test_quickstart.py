"""The quickstart of the official client's README, run unchanged except for the file's name."""

import importlib.metadata
import os
import re
import subprocess
import sys

import pytest

from shared.cli.demo.sample import SAMPLE
from shared.cli.demo.server import Address
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

HIT = re.compile(r"vid_\S+ \d+\.\d+ \d\.\d+")


def test_quickstart_of_client_readme_succeeds(address: Address) -> None:
    readme = importlib.metadata.distribution("videovector").read_text("METADATA") or ""
    found = re.search(r"## Quickstart\s+```python\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    program = found[1]
    assert program.count("/path/to/video.mp4") == 1
    ended = subprocess.run(
        [sys.executable, "-c", program.replace("/path/to/video.mp4", str(SAMPLE))],
        env=os.environ | {"VIDEO_VECTOR_BASE_URL": address.base_url, "VIDEO_VECTOR_API_KEY": address.api_key},
        capture_output=True,
        text=True,
        timeout=HANG_TIMEOUT,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    part, *hits = ended.stdout.splitlines()
    assert re.fullmatch(r"1 1 vid_\S+", part)
    assert hits
    assert all(HIT.fullmatch(hit) for hit in hits), hits
