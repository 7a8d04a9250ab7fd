"""That freed memory leaves the process, which glibc by itself does not see to."""

import platform
import subprocess
import sys
from typing import Final

import pytest

from tests.waiting import HANG_TIMEOUT

_HOLES: Final = """
from pathlib import Path
import numpy as np
from shared.runtime.memory import return_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

return_freed_memory()
np.ones(24 * 2**20, np.uint8)  # glibc now wants to keep blocks of up to 24 MiB
blocks = [np.ones(6 * 2**20, np.uint8) for _ in range(30)]
full = resident()
del blocks[::2]
print(full - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc is what is set up")
def test_blocks_freed_among_others_go_back_to_the_system() -> None:
    freed = subprocess.run(
        [sys.executable, "-c", _HOLES], capture_output=True, text=True, check=True, timeout=HANG_TIMEOUT
    )
    assert float(freed.stdout) > 80
