"""Incoming files: files that are written to the store while they arrive."""

from typing import Protocol


class IncomingFile(Protocol):
    """One file, used by one thread at a time. ``keep`` or ``discard`` ends it."""

    def write(self, content: bytes | memoryview) -> None:
        """Append bytes. Raises: Unavailable, OSError."""
        ...

    def close(self) -> None:
        """Finish writing: the whole file has arrived. Raises: Unavailable, OSError."""
        ...

    def keep(self, key: str) -> str:
        """Store the file as a blob, which ``discard`` no longer removes.

        Returns the blob's key: ``key``, or another key below ``imports/`` and the tenant, if the store cannot
        move the bytes.

        Raises: Unavailable, OSError.
        """
        ...

    def discard(self) -> None:
        """Remove the file, unless it was kept. After ``keep`` or another ``discard``, this does nothing."""
        ...


class IncomingFiles(Protocol):
    def begin(self, tenant_id: str, content_type: str) -> IncomingFile:
        """Start a file. Raises: Unavailable, OSError."""
        ...
