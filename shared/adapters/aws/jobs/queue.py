"""An SQS queue of jobs. A message names a job; its record has the request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.domain.job import JobRequest, Workflow

WAIT_SECONDS: Final = 5
"""Time that a receiver waits for messages. SQS asks all its servers, so that an empty answer is certain."""

_SERVICE: Final = "SQS"
_GONE: Final = frozenset({"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid"})
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A received message. It is hidden from other receivers until its visibility timeout."""

    job_id: str
    receipt: str


class JobQueue:
    """A standard queue. Messages of one group do not delay those of others ("Amazon SQS fair queues",
    developer guide)."""

    def __init__(self, url: str, client: Any) -> None:
        """``client`` is a botocore client for SQS."""
        self._url = url
        self._client = client

    def send(self, request: JobRequest, delay_seconds: int = 0) -> None:
        """Raises: Unavailable."""
        with translated_errors(_SERVICE):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=request.job_id,
                DelaySeconds=delay_seconds,
                MessageGroupId=group_of(request),
            )

    def receive(self, limit: int) -> Sequence[QueuedJob]:
        """Wait for messages, and return at most ``limit``, of ten. Raises: Unavailable."""
        with translated_errors(_SERVICE):
            answer = self._client.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=min(limit, 10), WaitTimeSeconds=WAIT_SECONDS
            )
        return [QueuedJob(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", ())]

    def hide(self, message: QueuedJob, seconds: int) -> None:
        """Deliver the message again after ``seconds``, unless it is deleted before. Raises: Unavailable."""
        try:
            with translated_errors(_SERVICE):
                self._client.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
                )
        except ClientError as error:
            if not _is_gone(error):
                raise

    def delete(self, message: QueuedJob) -> None:
        """Raises: Unavailable."""
        try:
            with translated_errors(_SERVICE):
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)
        except ClientError as error:
            if not _is_gone(error):
                raise

    def waiting(self) -> int:
        """Return about how many messages can be received now. Raises: Unavailable."""
        return self._counts(_COUNTS[:1])

    def is_empty(self) -> bool:
        """Return whether the queue has no message, nor one that is hidden or delayed. Raises: Unavailable."""
        return self._counts(_COUNTS) == 0

    def _counts(self, names: Sequence[str]) -> int:
        with translated_errors(_SERVICE):
            found = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(names))
        return sum(int(found["Attributes"].get(name, 0)) for name in names)


def group_of(request: JobRequest) -> str:
    """Name the group of a job for the queue's fairness.

    The batches of a large import are a group of their own. The small imports of a tenant are one group, and
    so are its clips, and its exports.
    """
    tenant_id, job_id = request.arguments.get("tenant_id", ""), request.arguments.get("import_job_id", "")
    match request.workflow:
        case Workflow.EXPORT | Workflow.CLIP:
            return _group_id(f"{tenant_id}#{request.workflow}")
        case Workflow.INGEST if "batch" not in request.arguments:
            return _group_id(tenant_id)
        case _:
            return _group_id(f"{tenant_id}#{job_id}")


def _group_id(name: str) -> str:
    """Return ``name`` without the characters that a group id cannot have, and of at most 128."""
    return (
        "".join(each if each.isascii() and each.isprintable() and each != " " else "_" for each in name)[:128]
        or "_"
    )


def _is_gone(error: ClientError) -> bool:
    """Return whether the message was deleted or received again since."""
    return code_of(error).rpartition(".")[2] in _GONE
