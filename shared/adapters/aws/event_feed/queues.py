"""The queues of a deployment in which events wait for their consumers."""

from typing import Any, Final

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.domain.errors import Conflict

TITLES: Final = ("webhook-events", "finished-runs", "ended-imports", "export-automations")
"""What the names of the queues end with, after the name of the deployment."""

_SERVICE: Final = "SQS"
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_MISSING: Final = frozenset({"NonExistentQueue", "QueueDoesNotExist"})


class EventQueues:
    """Reads how many events wait."""

    def __init__(self, deployment: str, client: Any) -> None:
        """``deployment`` is the name of the deployment, ``client`` a botocore client for SQS."""
        self._deployment = deployment
        self._client = client

    def with_events(self) -> list[str]:
        """Return the names of the queues that are not empty. A queue that does not exist has no event.

        Raises:
            Conflict: the credentials may not read a queue.
            Unavailable: SQS does not answer.
        """
        names = [f"{self._deployment}-{title}" for title in TITLES]
        return [name for name in names if self._count(name)]

    def _count(self, name: str) -> int:
        try:
            with translated_errors(_SERVICE):
                url = self._client.get_queue_url(QueueName=name)["QueueUrl"]
                found = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))
        except ClientError as error:
            code = code_of(error).rpartition(".")[2]
            if code in _MISSING:
                return 0
            if "AccessDenied" not in code:
                raise
            raise Conflict(
                f"The credentials may not read the queue {name}, in which events may wait. "
                "Grant sqs:GetQueueUrl and sqs:GetQueueAttributes on it."
            ) from error
        return sum(int(found["Attributes"].get(count, 0)) for count in _COUNTS)


def deployment_of(table: str) -> str | None:
    """Return the name of the deployment whose stack ``data`` has made a table, None for another table.

    CloudFormation names a table after its stack, then the resource, then a random part.
    """
    name, separator, _ = table.rpartition("-data-")
    return name if separator and name else None
