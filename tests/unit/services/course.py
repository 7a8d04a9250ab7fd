"""A worker that is killed before any single write, and what happens before that write."""

from collections.abc import Callable
from typing import Any

from shared.ports.jobs import Interrupted

WRITES = frozenset({"write", "put", "adopt"})


class Killed(Interrupted):
    """The process has died: no further write of it arrives."""


class Course:
    """Counts the writes of one worker, calls ``act`` before write ``at``, and kills it at ``killed_at``."""

    def __init__(self, act: Callable[[], object], at: int, killed_at: int | None) -> None:
        self._act = act
        self._at = at
        self._killed_at = killed_at
        self.writes = 0
        self.acted = False

    def over(self, port: object) -> Any:
        """Return ``port`` with counted writes."""
        return _Watched(port, self)

    def next_write(self) -> None:
        if self.writes == self._at:
            self.acted = True
            self._act()
        if self._killed_at is not None and self.writes >= self._killed_at:
            raise Killed
        self.writes += 1


class _Watched:
    def __init__(self, port: object, course: Course) -> None:
        self._port = port
        self._course = course

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in WRITES:
            return found

        def write(*args: Any, **kwargs: Any) -> Any:
            self._course.next_write()
            return found(*args, **kwargs)

        return write
