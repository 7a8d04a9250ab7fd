"""Failures as data: message, code, and whether a retry can help.

Model runtimes raise exceptions without a common base class, and the failure of one medium must not end the
other media of the run. Work is therefore done in a future, which captures any exception; the signals to stop
are raised again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from shared.domain.errors import DomainError, Unavailable, WriteRejected
from shared.domain.runs.prompt_run import OperationOutcome
from shared.ports.jobs import Interrupted
from shared.ports.models import ExtractionFailed
from shared.services.runs.execution.stop_check import MediumDeleted, RunCancelled

log = logging.getLogger(__name__)

Result = TypeVar("Result")

SIGNALS: Final = (
    Interrupted,
    RunCancelled,
    MediumDeleted,
    Unavailable,
    KeyboardInterrupt,
    SystemExit,
)
"""Signals that end the whole job. A store that is unavailable affects all media: the job is retried."""

MODEL_CODE_PREFIX: Final = "model_"
"""Prefix of the failure codes of one model."""

_INTERNAL: Final = "internal_error"


@dataclass(frozen=True, slots=True)
class Failure:
    message: str
    code: str
    retryable: bool

    def outcome(self) -> OperationOutcome:
        return OperationOutcome(succeeded=False, error=self.message, code=self.code, retryable=self.retryable)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Result]):
    """The outcome of a piece of work: exactly one of value and failure, unless the result is None."""

    value: Result | None
    failure: Failure | None = None


def settled(future: Future[Result]) -> Attempt[Result]:
    """Wait for ``future``, and turn its error into a failure. A signal to stop is raised again.

    Raises: ``SIGNALS``.
    """
    error = future.exception()
    if error is None:
        return Attempt(future.result())
    if isinstance(error, SIGNALS) and not _affects_one_model(error):
        raise error
    if isinstance(error, WriteRejected) or not isinstance(error, DomainError | ExtractionFailed):
        log.error("pipeline step failed", exc_info=error)
    return Attempt(None, describe(error))


def attempt(work: Callable[[], Result]) -> Attempt[Result]:
    """Do ``work``, and turn its error into a failure; see ``settled``."""
    with ThreadPoolExecutor(1) as thread:
        return settled(thread.submit(work))


def _affects_one_model(error: BaseException) -> bool:
    """Return whether only one model is affected: its weights are missing or damaged. Work without it
    continues."""
    return isinstance(error, Unavailable) and error.code.startswith(MODEL_CODE_PREFIX)


def describe(error: BaseException) -> Failure:
    """Describe ``error`` for a client of the API. A write that the store rejects is an internal error."""
    if isinstance(error, ExtractionFailed):
        return Failure(str(error), error.code, error.retryable)
    if isinstance(error, WriteRejected):
        return Failure(error.message, _INTERNAL, retryable=True)
    if isinstance(error, DomainError):
        return Failure(error.message, error.code, retryable=isinstance(error, Unavailable))
    detail = f"{type(error).__name__}: {error}".rstrip(": ")
    return Failure(detail[:2000], _INTERNAL, retryable=True)
