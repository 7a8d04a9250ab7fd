"""The number of files and connections that the process may have open at a time."""

import resource
from typing import Final

_WANTED: Final = 4096
"""macOS permits 256 in a terminal, which about 220 connections exhaust."""


def permit_open_files() -> None:
    """Raise the soft limit on open files to 4,096, as far as the hard limit and the system permit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # the system has a limit of its own, such as kern.maxfilesperproc of macOS
        return
