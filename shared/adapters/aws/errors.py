"""Translation of botocore's exceptions into domain errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import (  # type: ignore[import-untyped]
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
)

from shared.domain.errors import Unavailable

__all__ = ["ClientError", "code_of", "translated_errors", "was_retried"]

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
"""Error codes that do not depend on the request. botocore has already retried it when one arrives here."""


def code_of(error: ClientError) -> str:
    """Return the service's error code, such as ``NoSuchKey``."""
    return str(error.response.get("Error", {}).get("Code", ""))


def was_retried(error: ClientError) -> bool:
    """Return whether botocore retried the request; an earlier attempt may have succeeded unnoticed."""
    return int(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)) > 0


@contextmanager
def translated_errors(service: str) -> Iterator[None]:
    """Translate connection errors, throttling and server errors of ``service`` into Unavailable.

    Every other error passes unchanged: a refusal (a missing table, a missing permission) is an error in
    the deployment, and a retry does not help.

    Raises: Unavailable: ``service`` does not answer, or is overloaded.
    """
    try:
        yield
    except ClientError as error:
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code_of(error) in _OVERLOADED or status >= 500:
            raise Unavailable(f"{service} is overloaded ({code_of(error)}).") from error
        raise
    except (HTTPClientError, EndpointConnectionError) as error:
        raise Unavailable(f"{service} does not answer.") from error
