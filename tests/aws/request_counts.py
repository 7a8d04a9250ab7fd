"""Counts of the requests that a botocore client makes, which decide the cost of a route."""

from collections import Counter
from types import TracebackType
from typing import Any, Final

_READS: Final = frozenset({"GetItem", "BatchGetItem", "Query"})


class RequestCounts:
    """A context manager that counts the calls of ``client``.

    ``calls`` counts by operation, such as ``GetItem``. ``attempts`` counts the HTTP requests sent, retries
    included.
    """

    def __init__(self, client: Any) -> None:
        self._events = client.meta.events
        self._service = client.meta.service_model.service_id.hyphenize()
        self.calls: Counter[str] = Counter()
        self.attempts = 0

    def __enter__(self) -> "RequestCounts":
        self._events.register(f"before-call.{self._service}", self._called)
        self._events.register(f"before-send.{self._service}", self._sent)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._events.unregister(f"before-call.{self._service}", self._called)
        self._events.unregister(f"before-send.{self._service}", self._sent)

    @property
    def reads(self) -> int:
        """The number of calls that read records."""
        return sum(count for operation, count in self.calls.items() if operation in _READS)

    @property
    def writes(self) -> int:
        """The number of all other calls; a transaction counts as one."""
        return self.calls.total() - self.reads

    def _called(self, model: Any, **_: Any) -> None:
        self.calls[model.name] += 1

    def _sent(self, **_: Any) -> None:
        self.attempts += 1
