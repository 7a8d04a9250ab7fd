"""The timer on AWS: an SQS queue of due work. A message waits in the queue until its work is due."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from shared.adapters.aws.errors import translated_errors
from shared.domain.clock import now
from shared.domain.due import Due
from shared.domain.errors import Unavailable

MAX_DELAY_SECONDS: Final = 900
"""SQS's longest delay of a message. The sweeper announces work again that is due later."""

_PER_REQUEST: Final = 10
"""SQS's limit for SendMessageBatch."""

_SERVICE: Final = "SQS"

log = logging.getLogger(__name__)


class SqsTimer:
    """Implements ``shared.ports.timer.Timer``.

    Each message names the group of its work, so that SQS does not let the messages of one group, such as the
    deliveries to a receiver that hangs, delay those of the others ("Amazon SQS fair queues", developer
    guide).
    """

    def __init__(self, queue: str, client: Any, group_of: Callable[[Due], str]) -> None:
        """``queue`` is the URL of a standard queue, ``client`` a botocore client for SQS. ``group_of`` names
        the group of due work: work that one slow receiver can delay."""
        self._queue = queue
        self._client = client
        self._group_of = group_of

    def announce(self, *work: Due) -> None:
        try:
            self.announce_all(work)
        except Unavailable as error:
            log.warning("Some of %d announcements wait for the next sweep: %s", len(work), error)

    def announce_all(self, work: Iterable[Due]) -> int:
        """Announce work in batches, and return how much of it is due soon enough for the queue.

        Raises: Unavailable: SQS does not answer, or does not take a message. Some work may be announced.
        """
        moment = now()
        soon = [(due, delay) for due in work if (delay := _delay(due, moment)) <= MAX_DELAY_SECONDS]
        for batch in self._batches(soon):
            with translated_errors(_SERVICE):
                answer = self._client.send_message_batch(QueueUrl=self._queue, Entries=batch)
            if failed := answer.get("Failed"):
                codes = sorted({str(each.get("Code")) for each in failed})
                raise Unavailable(f"{_SERVICE} did not take {len(failed)} messages ({', '.join(codes)}).")
        return len(soon)

    def _batches(self, soon: Sequence[tuple[Due, int]]) -> Iterator[list[dict[str, Any]]]:
        for start in range(0, len(soon), _PER_REQUEST):
            yield [
                {
                    "Id": str(number),
                    "MessageBody": due.model_dump_json(),
                    "DelaySeconds": delay,
                    "MessageGroupId": self._group_of(due),
                }
                for number, (due, delay) in enumerate(soon[start : start + _PER_REQUEST])
            ]


def _delay(due: Due, moment: datetime) -> int:
    """Return the seconds until work is due, rounded up, at least 0."""
    return max(0, math.ceil((datetime.fromisoformat(due.due_at) - moment).total_seconds()))
