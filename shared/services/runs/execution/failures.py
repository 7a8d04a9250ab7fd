"""Failures as data: what went wrong, where, and whether trying again can help.

Model runtimes raise exceptions of their own making that share no base class, and one medium's
failure must not end its neighbours' run. So work is done in a future, and what it raised is read
from there; whatever is a signal to stop is raised again.
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
from shared.services.runs.execution.supervision import MediumDeleted, RunCancelled

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
"""Not one medium's failure. A store that does not answer concerns all: the job is run again."""

MODEL_CODES: Final = "model_"
"""How the codes of failures begin that are one model's alone."""

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
    """Exactly one of the two is there, unless the work's result is None."""

    value: Result | None
    failure: Failure | None = None


def settled(future: Future[Result]) -> Attempt[Result]:
    """Wait for ``future``. Raise a signal to stop; turn any other error into a failure."""
    error = future.exception()
    if error is None:
        return Attempt(future.result())
    if isinstance(error, SIGNALS) and not _concerns_one_model(error):
        raise error
    if isinstance(error, WriteRejected) or not isinstance(error, DomainError | ExtractionFailed):
        log.error("a pipeline step failed", exc_info=error)
    return Attempt(None, describe(error))


def attempt(work: Callable[[], Result]) -> Attempt[Result]:
    """Do ``work`` and wait for it; see ``settled``."""
    with ThreadPoolExecutor(1) as thread:
        return settled(thread.submit(work))


def _concerns_one_model(error: BaseException) -> bool:
    """Weights that are missing or damaged: what needs that model fails, and the rest goes on."""
    return isinstance(error, Unavailable) and error.code.startswith(MODEL_CODES)


def describe(error: BaseException) -> Failure:
    """Describe ``error`` for a caller of the API. A write that the store rejects is an internal error."""
    if isinstance(error, ExtractionFailed):
        return Failure(str(error), error.code, error.retryable)
    if isinstance(error, WriteRejected):
        return Failure(error.message, _INTERNAL, retryable=True)
    if isinstance(error, DomainError):
        return Failure(error.message, error.code, retryable=isinstance(error, Unavailable))
    detail = f"{type(error).__name__}: {error}".rstrip(": ")
    return Failure(detail[:2000], _INTERNAL, retryable=True)
