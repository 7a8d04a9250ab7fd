"""The limit on open files, in processes that start with a low one."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
from shared.runtime.process.open_files import permit_open_files
permit_open_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(("soft", "hard", "raised"), [(64, 6000, 4096), (64, 300, 300), (5000, 6000, 5000)])
def test_soft_limit_is_raised_within_hard_limit(soft: int, hard: int, raised: int) -> None:
    program = [sys.executable, "-c", PROGRAM, str(soft), str(hard)]
    ran = subprocess.run(program, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(raised), str(hard)]
