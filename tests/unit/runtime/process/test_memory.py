"""The return of freed memory to the system, which glibc does not do by default."""

import platform
import subprocess
import sys
from typing import Final

import pytest

from tests.waiting import HANG_TIMEOUT

_FREE_SOME_BLOCKS: Final = """
from pathlib import Path
import numpy as np
from shared.runtime.process.memory_allocator import return_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

return_freed_memory()
np.ones(24 * 2**20, np.uint8)  # glibc now wants to keep blocks of up to 24 MiB
blocks = [np.ones(6 * 2**20, np.uint8) for _ in range(30)]
full = resident()
del blocks[::2]
print(full - resident())
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is configured")
def test_freed_blocks_between_others_return_to_system() -> None:
    freed = subprocess.run(
        [sys.executable, "-c", _FREE_SOME_BLOCKS],
        capture_output=True,
        text=True,
        check=True,
        timeout=HANG_TIMEOUT,
    )
    assert float(freed.stdout) > 80
