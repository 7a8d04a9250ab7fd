"""Conditional writes to the table, alone and in transactions, with the translation of their errors."""

import secrets
import time
from collections.abc import Sequence
from typing import Any, Final

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.errors import ClientError, code_of, translated_errors, was_retried
from shared.adapters.aws.records.items import WRITE_TOKEN, key_attributes, write_request
from shared.domain.errors import Unavailable, VersionConflict
from shared.ports.records import Put, Write

_CONDITION_FAILED: Final = "ConditionalCheckFailed"
_CONTENTION_REASONS: Final = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}
)
"""Cancellation reasons that do not depend on the records' versions: a concurrent transaction, or throttling.
The write is retried."""

_SERVICE: Final = "DynamoDB"


class RecordWrites:
    """Sends writes to the table, and retries them under contention."""

    def __init__(self, table: str, client: Any, *, copying: bool) -> None:
        """``copying`` marks what is written as copied."""
        self._table = table
        self._client = client
        self._copying = copying

    def write_one(self, write: Write, body: str | None) -> None:
        """Send one write. Raises: VersionConflict, Unavailable."""
        token = secrets.token_hex(8) if write.expected_version is not None else None
        for _ in attempts():
            request = write_request(self._table, write, body, time.time(), token, copied=self._copying)
            send = self._client.update_item if isinstance(write, Put) else self._client.delete_item
            try:
                with translated_errors(_SERVICE):
                    send(**request)
            except ClientError as error:
                if code_of(error) == "TransactionConflictException":
                    continue
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                if was_retried(error) and self._has_taken_effect(write, token):
                    return
                raise VersionConflict(write.key) from error
            return
        raise _contended()

    def write_transaction(self, writes: Sequence[Write], bodies: Sequence[str | None]) -> None:
        """Send several writes as one transaction.

        botocore adds an idempotency token to each call, so a retried call takes effect once.

        Raises:
            VersionConflict, Unavailable
        """
        for _ in attempts():
            try:
                with translated_errors(_SERVICE):
                    self._client.transact_write_items(TransactItems=self._transaction(writes, bodies))
            except ClientError as error:
                if code_of(error) != "TransactionCanceledException":
                    raise
                _raise_unless_contended(writes, error)
                continue
            return
        raise _contended()

    def _transaction(self, writes: Sequence[Write], bodies: Sequence[str | None]) -> list[dict[str, Any]]:
        now = time.time()
        return [
            {
                "Update" if isinstance(write, Put) else "Delete": write_request(
                    self._table, write, body, now, None, copied=self._copying
                )
            }
            for write, body in zip(writes, bodies, strict=True)
        ]

    def _has_taken_effect(self, write: Write, token: str | None) -> bool:
        """Return whether an earlier attempt, whose response was lost, has written the record.

        A deletion leaves no token. If the record is absent, the deletion has taken effect.
        """
        with translated_errors(_SERVICE):
            item = self._client.get_item(
                TableName=self._table,
                Key=key_attributes(write.key),
                ProjectionExpression=WRITE_TOKEN,
                ConsistentRead=True,
            ).get("Item")
        if isinstance(write, Put):
            return item is not None and item.get(WRITE_TOKEN) == {"S": token}
        return item is None


def _raise_unless_contended(writes: Sequence[Write], error: ClientError) -> None:
    """Return if a retry may succeed.

    Raises: VersionConflict: a condition failed. ClientError: the transaction failed for another reason.
    """
    reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
    for write, reason in zip(writes, reasons, strict=False):
        if reason == _CONDITION_FAILED:
            raise VersionConflict(write.key) from error
    if not _CONTENTION_REASONS.intersection(reasons):
        raise error


def _contended() -> Unavailable:
    return Unavailable("Too many concurrent writes changed the same records.")
