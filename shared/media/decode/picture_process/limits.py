"""Limits of the decoding process, where the platform has them. Windows has neither; macOS has no memory limit
that works."""

import sys
from pathlib import Path
from typing import Final

ADDRESS_SPACE_BYTES: Final = 1280 * 1024 * 1024
"""Memory that the process may reserve beyond what it has after its start."""

PROCESSOR_SECONDS: Final = 60
"""Processor time for one picture. The largest accepted PNG file takes about 5 s."""


def limit_memory() -> None:
    """Limit the address space of this process. An allocation beyond it raises ``MemoryError``."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - not on Windows

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + ADDRESS_SPACE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def limit_processor_time(seconds: int) -> None:
    """Allow this process ``seconds`` of processor time from now. The kernel then ends it with SIGXCPU."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = used + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard < 0 else min(wanted, hard), hard))
