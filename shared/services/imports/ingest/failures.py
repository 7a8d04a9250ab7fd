"""What goes wrong with a source, in words for the person who sent it."""

import errno

from shared.domain.import_job import ImportFailure, ImportPhase, ImportStage

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class SourceFailure(Exception):
    """This source cannot become media (any more)."""

    def __init__(self, message: str, *, code: str, stage: ImportStage | ImportPhase, retryable: bool) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.stage = stage
        self.retryable = retryable

    def details(self) -> ImportFailure:
        return ImportFailure(code=self.code, message=self.message, stage=self.stage, retryable=self.retryable)


def is_disk_full(error: BaseException) -> bool:
    """Whether ``error``, or what it was raised from, says that there is no room left."""
    cause: BaseException | None = error
    while cause is not None:
        # FFmpeg's errors have an errno too, and are no OSError.
        if getattr(cause, "errno", None) in _FULL:
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def disk_full(stage: ImportStage | ImportPhase) -> SourceFailure:
    return SourceFailure(
        "The server has no room left to store this file. Free space, then send it again.",
        code="storage_full",
        stage=stage,
        retryable=True,
    )
