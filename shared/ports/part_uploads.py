"""The part of ``UploadSessions`` that upload sessions are made of; every runtime has it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from shared.ports.blobs import BlobStat
from shared.ports.upload_sessions import SignedRequest, UploadPart


class PartUploads(Protocol):
    """Methods as ``shared.ports.upload_sessions.UploadSessions`` describes them."""

    def begin(self, key: str, content_type: str) -> str: ...

    def part_links(
        self, key: str, upload_id: str, parts: Sequence[UploadPart], *, expires_in: int
    ) -> list[SignedRequest]: ...

    def parts(self, key: str, upload_id: str) -> list[UploadPart]:
        """Raises: UploadNotFound."""
        ...

    def complete(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        """Raises: UploadIncomplete, UploadNotFound."""
        ...

    def abort(self, key: str, upload_id: str) -> None: ...


class PartReceiver(Protocol):
    """The other end of ``part_links`` where the server itself takes the bytes."""

    def open_part(self, token: str) -> UploadPart:
        """What may be sent with a link's token.

        Raises:
            NotPermitted: not one of our tokens, or too old.
            NotFound: the upload is not open any more.
        """
        ...

    def keep_part(self, token: str, path: Path) -> None:
        """Take the file at ``path``, which is moved, as the part. Raises: as ``open_part``."""
        ...
