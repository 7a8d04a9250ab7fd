"""The prompt run that follows an import."""

from enum import StrEnum

from pydantic import BaseModel


class ExecutionStatus(StrEnum):
    NOT_REQUESTED = "not_requested"
    PENDING = "pending"
    """The import has not ended yet."""

    SUBMITTED = "submitted"
    BLOCKED = "blocked"
    """The run could not be started."""


class ImportExecution(BaseModel):
    """The state of the prompt run. ``run_id`` is set once it is submitted, the error if it is blocked.

    If a retry of the import brings further media, another run follows over those; ``run_id`` is the last one.
    ``next_attempt`` is the first attempt of the import whose media no run has.
    """

    status: ExecutionStatus = ExecutionStatus.NOT_REQUESTED
    run_id: str | None = None
    error_code: str | None = None
    error: str | None = None
    next_attempt: int = 0

    def awaits_run(self, attempt: int) -> bool:
        """Return whether no run has followed an attempt of the import."""
        is_earlier_release = self.status is ExecutionStatus.SUBMITTED and self.next_attempt == 0
        return attempt >= (1 if is_earlier_release else self.next_attempt)

    def after_cancellation(self) -> "ImportExecution":
        """Return the state once the import is cancelled: a run that was expected is blocked."""
        if self.status is not ExecutionStatus.PENDING:
            return self
        return ImportExecution(
            status=ExecutionStatus.BLOCKED,
            error_code="import_cancelled",
            error="The import was cancelled, so no run was started.",
            next_attempt=self.next_attempt,
        )
