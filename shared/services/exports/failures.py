"""Failures of exports: which may pass, and what clients are told."""

import errno
from typing import Final

from shared.domain.errors import DomainError, Unavailable, WriteRejected
from shared.ports.stores import StoreFailed

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def may_pass(error: Exception) -> bool:
    """Return whether another attempt can succeed without a change by the client."""
    if isinstance(error, StoreFailed):
        return error.retryable
    return not isinstance(error, DomainError) or isinstance(error, Unavailable | WriteRejected)


def told(error: BaseException) -> tuple[str, str]:
    """Return the code and the sentence about an error. An unexpected error shows nothing of its text."""
    if isinstance(error, StoreFailed):
        return f"connector_{error.problem}", error.message
    if isinstance(error, DomainError):
        return error.code, error.message
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return "no_room", "The server has no room left to store the file. Delete media, then export again."
    return "export_interrupted", "The export failed on the server. Create it again."
