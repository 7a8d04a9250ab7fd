"""Incoming files in scratch files of the receiving process, until the blob store adopts them."""

from pathlib import Path
from typing import BinaryIO

from shared.ports.blobs import Blobs


class ScratchFile:
    """Implements ``shared.ports.incoming_files.IncomingFile``."""

    def __init__(self, blobs: Blobs, path: Path, content_type: str) -> None:
        self._blobs = blobs
        self._path = path
        self._content_type = content_type
        self._stream: BinaryIO = path.open("wb")

    def write(self, content: bytes | memoryview) -> None:
        self._blobs.require_room(len(content))
        self._stream.write(content)

    def close(self) -> None:
        self._stream.close()

    def keep(self, key: str) -> str:
        self._blobs.adopt(key, self._path, self._content_type)
        return key

    def discard(self) -> None:
        self._stream.close()
        self._path.unlink(missing_ok=True)


class ScratchFiles:
    """Implements ``shared.ports.incoming_files.IncomingFiles``."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def begin(self, tenant_id: str, content_type: str) -> ScratchFile:  # noqa: ARG002 - ``keep`` names the blob
        return ScratchFile(self._blobs, self._blobs.scratch_file(), content_type)
