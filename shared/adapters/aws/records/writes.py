"""Conditional writes to the table, alone and in transactions, and what their refusals mean."""

import secrets
import time
from collections.abc import Sequence
from typing import Any, Final

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.errors import ClientError, answering, code_of, was_sent_again
from shared.adapters.aws.records.items import WRITE_TOKEN, key_attributes, write_request
from shared.domain.errors import Unavailable, VersionConflict
from shared.ports.records import Put, Write

_CONDITION_FAILED: Final = "ConditionalCheckFailed"
_MET_ANOTHER: Final = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}
)
"""Reasons that say nothing about the records: another transaction was at work on one, or too many were."""

_SERVICE: Final = "DynamoDB"


class RecordWrites:
    def __init__(self, table: str, client: Any) -> None:
        self._table = table
        self._client = client

    def one(self, write: Write, body: str | None) -> None:
        """Raises: VersionConflict, Unavailable."""
        token = secrets.token_hex(8) if write.expected_version is not None else None
        for _ in attempts():
            request = write_request(self._table, write, body, time.time(), token)
            send = self._client.update_item if isinstance(write, Put) else self._client.delete_item
            try:
                with answering(_SERVICE):
                    send(**request)
            except ClientError as error:
                if code_of(error) == "TransactionConflictException":
                    continue
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
                if was_sent_again(error) and self._is_done(write, token):
                    return
                raise VersionConflict(write.key) from error
            return
        raise _contended()

    def all_or_none(self, writes: Sequence[Write], bodies: Sequence[str | None]) -> None:
        """botocore gives each call a token, so that sending it again does nothing twice.

        Raises:
            VersionConflict, Unavailable
        """
        for _ in attempts():
            try:
                with answering(_SERVICE):
                    self._client.transact_write_items(TransactItems=self._transaction(writes, bodies))
            except ClientError as error:
                if code_of(error) != "TransactionCanceledException":
                    raise
                _refuse_or_try_again(writes, error)
                continue
            return
        raise _contended()

    def _transaction(self, writes: Sequence[Write], bodies: Sequence[str | None]) -> list[dict[str, Any]]:
        now = time.time()
        return [
            {
                "Update" if isinstance(write, Put) else "Delete": write_request(
                    self._table, write, body, now, None
                )
            }
            for write, body in zip(writes, bodies, strict=True)
        ]

    def _is_done(self, write: Write, token: str | None) -> bool:
        """Whether an attempt whose answer was lost has done the work.

        A deletion leaves no token. If the record is gone, what was asked for is so.
        """
        with answering(_SERVICE):
            item = self._client.get_item(
                TableName=self._table,
                Key=key_attributes(write.key),
                ProjectionExpression=WRITE_TOKEN,
                ConsistentRead=True,
            ).get("Item")
        if isinstance(write, Put):
            return item is not None and item.get(WRITE_TOKEN) == {"S": token}
        return item is None


def _refuse_or_try_again(writes: Sequence[Write], error: ClientError) -> None:
    """Returns where trying again may help. Raises: VersionConflict."""
    reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
    for write, reason in zip(writes, reasons, strict=False):
        if reason == _CONDITION_FAILED:
            raise VersionConflict(write.key) from error
    if not _MET_ANOTHER.intersection(reasons):
        raise error


def _contended() -> Unavailable:
    return Unavailable("Too many writers wanted the same records at once.")
