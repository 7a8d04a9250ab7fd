"""The ``move`` command, killed by SIGKILL at a point of its own: ``killed_move POINT NUMBER OPTIONS...``.

The point is ``position`` (a write of the move's position) or ``file`` (a file is about to be stored).
"""

import itertools
import os
import signal
import sys
from typing import Any

from shared.adapters.aws.blobs import S3Blobs
from shared.adapters.local.blobs import FolderBlobs
from shared.cli.__main__ import application
from shared.services.maintenance.archive_copy.progress import MoveProgress


def _kill_at(owner: Any, method: str, number: int) -> None:
    """Kill this process at a call: before an odd call, after an even one."""
    call, calls = getattr(owner, method), itertools.count(1)

    def counted(*arguments: Any) -> Any:
        reached = next(calls) == number
        if reached and number % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*arguments)
        if reached:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, counted)


if __name__ == "__main__":
    point, number, *options = sys.argv[1:]
    if point == "position":
        _kill_at(MoveProgress, "store", int(number))
    else:
        for store in (S3Blobs, FolderBlobs):
            _kill_at(store, "write", int(number))
    application(options)
