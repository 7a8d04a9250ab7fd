"""What botocore raises, in the product's terms."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (  # type: ignore[import-untyped]
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
)

from shared.domain.errors import Unavailable

__all__ = ["ClientError", "answering", "code_of", "was_sent_again"]

_OVERLOADED: Final = frozenset(
    {
        "InternalServerError",
        "InternalServiceError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
"""Answers that say nothing about the request. botocore has already tried again when one comes here."""


def code_of(error: ClientError) -> str:
    """The service's name for what went wrong, such as ``NoSuchKey``."""
    return str(error.response.get("Error", {}).get("Code", ""))


def was_sent_again(error: ClientError) -> bool:
    """Whether an earlier attempt, whose answer was lost, may have done what was asked."""
    return int(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)) > 0


@contextmanager
def answering(service: str) -> Iterator[None]:
    """Raises: Unavailable: ``service`` does not answer, or has too much to do.

    Every other answer passes as it is: a refusal (a missing table, a missing permission) is a
    mistake in the deployment, which waiting does not mend.
    """
    try:
        yield
    except ClientError as error:
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code_of(error) in _OVERLOADED or status >= 500:
            raise Unavailable(f"{service} has too much to do just now ({code_of(error)}).") from error
        raise
    except (HTTPClientError, EndpointConnectionError) as error:
        raise Unavailable(f"{service} does not answer.") from error
