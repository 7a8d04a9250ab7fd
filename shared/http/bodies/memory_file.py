"""Files of forms that stay in memory, because they hold credentials."""

from typing import NoReturn


class MemoryFile:
    """Implements ``shared.ports.incoming_files.IncomingFile``. It cannot be kept as a blob."""

    def __init__(self) -> None:
        self._content = bytearray()

    @property
    def content(self) -> bytes:
        return bytes(self._content)

    def write(self, content: bytes | memoryview) -> None:
        self._content += content

    def close(self) -> None:
        """Do nothing: the bytes are in memory."""

    def keep(self, key: str) -> NoReturn:
        raise TypeError(f"a file with credentials is not stored as a blob: {key}")

    def discard(self) -> None:
        self._content.clear()
