"""Failures of a source file, with messages for the user who sent it."""

import errno

from shared.domain.imports.import_job import ImportFailure, ImportPhase, ImportStage

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class SourceFailure(Exception):
    """The source cannot be imported."""

    def __init__(self, message: str, *, code: str, stage: ImportStage | ImportPhase, retryable: bool) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.stage = stage
        self.retryable = retryable

    def details(self) -> ImportFailure:
        return ImportFailure(code=self.code, message=self.message, stage=self.stage, retryable=self.retryable)


def is_disk_full(error: BaseException) -> bool:
    """Return whether ``error`` or one of its causes reports a full disk or an exceeded disk quota."""
    cause: BaseException | None = error
    while cause is not None:
        # Errors of FFmpeg have an errno although they are not OSErrors.
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
