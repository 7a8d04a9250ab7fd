"""Multipart uploads: the part of ``UploadSessions`` that every runtime implements."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from shared.ports.blobs import BlobStat
from shared.ports.upload_sessions import SignedRequest, UploadPart


class PartUploads(Protocol):
    """Multipart uploads. ``shared.ports.upload_sessions.UploadSessions`` describes the methods."""

    def begin(self, key: str, content_type: str) -> str: ...

    def part_links(
        self, key: str, upload_id: str, parts: Sequence[UploadPart], *, expires_in: int
    ) -> list[SignedRequest]: ...

    def parts(self, key: str, upload_id: str) -> list[UploadPart]:
        """Return the parts that have arrived, by number. Raises: UploadNotFound."""
        ...

    def complete(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        """Join the parts to one blob. Raises: UploadIncomplete, UploadNotFound."""
        ...

    def abort(self, key: str, upload_id: str) -> None: ...


class PartReceiver(Protocol):
    """The receiver of ``part_links``, for stores whose parts the server itself receives."""

    def open_part(self, token: str) -> UploadPart:
        """Return the part that a link's token permits to send.

        Raises:
            NotPermitted: the token is invalid or has expired.
            NotFound: the upload is no longer open.
        """
        ...

    def keep_part(self, token: str, path: Path) -> None:
        """Store the file at ``path`` as the part; the file is moved. Raises: as ``open_part``."""
        ...
