"""A timer for each adapter, over records of its runtime, with a handler that the test gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from shared.adapters.aws.timer import SqsTimer
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.timer.due_queue import TimerLimits
from shared.adapters.local.timer.timer import LocalTimer
from shared.domain.due import Due, DueKind
from shared.ports.timer import DueHandler, Timer
from shared.runtime.due_dispatch import group_of
from shared.services.maintenance.due_sweep import DueSweep
from shared.services.records.documents import Documents
from tests.aws import stores
from tests.waiting import HANG_TIMEOUT, wait_until


class TimerWorld(Protocol):
    @property
    def timer(self) -> Timer: ...

    @property
    def documents(self) -> Documents:
        """The store of the due records."""
        ...

    def start(self, handler: DueHandler) -> None:
        """Let the timer call ``handler`` for due work of every kind. A test calls it once."""
        ...

    def run_until(self, holds: Callable[[], object]) -> None:
        """Let the timer work, its sweeps included, until ``holds()`` is true."""
        ...

    def close(self) -> None: ...


class LocalTimerWorld:
    """The timer's threads, with a sweep every 50 ms."""

    def __init__(self, folder: Path) -> None:
        self._records = SqliteRecords(folder / "records.sqlite")
        self.documents = Documents(self._records)
        self._handlers: list[DueHandler] = []
        self.timer = LocalTimer(
            self.documents,
            dict.fromkeys(DueKind, self._handle),
            limits=TimerLimits(pause_seconds=0.05),
            sweep_seconds=0.05,
        )

    def start(self, handler: DueHandler) -> None:
        self._handlers.append(handler)
        self.timer.start()

    def run_until(self, holds: Callable[[], object]) -> None:
        wait_until(holds)

    def _handle(self, due: Due) -> bool:
        return self._handlers[0](due)

    def close(self) -> None:
        assert self.timer.stop(HANG_TIMEOUT)
        self._records.close()


class SqsTimerWorld:
    """A queue of the emulator that ``run_until`` reads as Lambda does, and a sweep before each read.

    A message whose work failed is received again at once.
    """

    def __init__(self, _: Path) -> None:
        self.documents = Documents(stores.open_records(stores.create_table()))
        self._client = stores.client_of("sqs")
        name = stores.new_name()
        self._queue = self._client.create_queue(QueueName=name)["QueueUrl"]
        self.timer = SqsTimer(self._queue, self._client, group_of)
        self._sweep = DueSweep(self.documents, self.timer.announce_all)
        self._handlers: list[DueHandler] = []

    def start(self, handler: DueHandler) -> None:
        self._handlers.append(handler)

    def run_until(self, holds: Callable[[], object]) -> None:
        def received_and_holds() -> object:
            self._receive()
            return holds()

        wait_until(received_and_holds)

    def close(self) -> None:
        self._client.delete_queue(QueueUrl=self._queue)

    def _receive(self) -> None:
        self._sweep.sweep()
        answer = self._client.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        for message in answer.get("Messages", ()):
            handle = message["ReceiptHandle"]
            try:
                self._handlers[0](Due.model_validate_json(message["Body"]))
            except RuntimeError:  # planted by a test
                self._client.change_message_visibility(
                    QueueUrl=self._queue, ReceiptHandle=handle, VisibilityTimeout=0
                )
            else:
                self._client.delete_message(QueueUrl=self._queue, ReceiptHandle=handle)
