"""Files on their way into the blobs while they are still arriving."""

from typing import Protocol


class IncomingFile(Protocol):
    """One file, from one thread at a time. It ends with ``keep`` or with ``discard``."""

    def write(self, content: bytes | memoryview) -> None:
        """Raises: Unavailable, OSError."""
        ...

    def close(self) -> None:
        """All of it has arrived. Raises: Unavailable, OSError."""
        ...

    def keep(self, key: str) -> str:
        """Make a blob of it, which is then nobody's to discard. Returns the blob's key: ``key``, or, where
        bytes cannot be moved to it, another below ``imports/`` and the tenant.

        Raises: Unavailable, OSError.
        """
        ...

    def discard(self) -> None:
        """Leave nothing of a file that was not kept. After ``keep``, and a second time, it does nothing."""
        ...


class IncomingFiles(Protocol):
    def begin(self, tenant_id: str, content_type: str) -> IncomingFile:
        """Raises: Unavailable, OSError."""
        ...
