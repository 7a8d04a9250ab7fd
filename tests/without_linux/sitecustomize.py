"""Hides from a Python process what only Linux has. It runs first if its folder is in ``PYTHONPATH``.

The process then sees ``sys.platform == "darwin"``, no /proc, no calls that macOS lacks, and memory limits
that cannot be set. This is no Mac: the packages, the file system and the loader are those of Linux.
"""

import os
import resource
import select
import selectors
import signal
import socket
import sys
import sysconfig
from types import ModuleType
from typing import Any, Final

HIDDEN_PATHS: Final = ("/proc", "/sys")
HIDDEN_CALLS: Final[dict[ModuleType, tuple[str, ...]]] = {
    os: (
        *("copy_file_range", "eventfd", "fdatasync", "getrandom", "getresuid", "getxattr", "listxattr"),
        *(
            "memfd_create",
            "pidfd_open",
            "pipe2",
            "posix_fadvise",
            "posix_fallocate",
            "preadv2",
            "sched_getaffinity",
        ),
        *("sched_getscheduler", "sched_setaffinity", "setresuid", "setxattr", "splice", "waitid"),
        *("O_DIRECT", "O_NOATIME", "O_PATH", "O_TMPFILE"),
    ),
    resource: ("prlimit",),
    select: ("epoll",),
    selectors: ("EpollSelector",),
    signal: ("pidfd_send_signal", "sigtimedwait", "sigwaitinfo", "SIGPWR", "SIGSTKFLT"),
    socket: ("AF_NETLINK", "SO_BINDTODEVICE", "TCP_DEFER_ACCEPT", "TCP_QUICKACK", "TCP_USER_TIMEOUT"),
}


_set_limit: Final = resource.setrlimit


def hide_linux() -> None:
    sysconfig.get_config_vars()  # the build's variables are in a file that is named after the real system
    proxies: Any = ModuleType("_scproxy")  # a part of the standard library of macOS
    proxies._get_proxies = proxies._get_proxy_settings = dict
    sys.modules["_scproxy"] = proxies
    for module, names in HIDDEN_CALLS.items():
        for name in names:
            vars(module).pop(name, None)
    selectors.DefaultSelector = selectors.PollSelector  # type: ignore[assignment,misc]
    resource.setrlimit = _refuse_memory_limit
    sys.platform = "darwin"
    sys.addaudithook(_refuse_hidden_path)


def _refuse_memory_limit(kind: int, limits: tuple[int, int]) -> None:
    if kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_RSS):
        raise ValueError("current limit exceeds maximum limit")  # the words of macOS
    _set_limit(kind, limits)


def _refuse_hidden_path(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes):
        path = os.fsdecode(arguments[0])
        if path.startswith(HIDDEN_PATHS):
            raise FileNotFoundError(2, os.strerror(2), path)


if __name__ == "sitecustomize":
    hide_linux()
