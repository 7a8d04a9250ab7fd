"""Uploads that go from a client straight to the store, past the server and its payload limits.

Each link allows one thing only: this key, this part, this many bytes, this type, until it expires.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shared.ports.blobs import BlobStat

MAX_PARTS: Final = 10_000
_MIB: Final = 1024**2
_PART_BYTES: Final = 16 * _MIB
"""A lost part costs little to send again, and 156 GiB still fit into ``MAX_PARTS``."""


@dataclass(frozen=True, slots=True)
class UploadPart:
    """``number`` counts from 1; ``size`` is in bytes."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a client sends: ``headers`` exactly as they are here, and the bytes as the body."""

    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A POST of ``multipart/form-data``: ``fields`` as they are, then the file in a field ``file``."""

    url: str
    fields: Mapping[str, str]


class UploadNotFound(Exception):
    """No such upload is open: never begun, aborted, or completed and its blob gone since."""


class UploadIncomplete(Exception):
    """Parts are missing or have another size. ``numbers`` names them, in order."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(f"{len(numbers)} parts are missing or have another size, first {numbers[0]}")
        self.numbers = list(numbers)


class UploadSessions(Protocol):
    def begin(self, key: str, content_type: str) -> str:
        """Open an upload in parts; returns its id. Nothing is at ``key`` until it is completed."""
        ...

    def part_links(
        self, key: str, upload_id: str, parts: Sequence[UploadPart], *, expires_in: int
    ) -> list[SignedRequest]:
        """One request a part; each may be sent again until the upload is completed."""
        ...

    def parts(self, key: str, upload_id: str) -> list[UploadPart]:
        """The parts that have arrived, by number. Raises: UploadNotFound."""
        ...

    def complete(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        """Make the parts one blob. Completing twice is the same as once.

        Raises:
            UploadIncomplete: not all of ``expected`` has arrived; the upload stays open.
            UploadNotFound
        """
        ...

    def abort(self, key: str, upload_id: str) -> None:
        """Forget the upload and its parts; one that is not open is no error."""
        ...

    def put_request(self, key: str, *, content_type: str, size: int, expires_in: int) -> SignedRequest:
        """One PUT of exactly ``size`` bytes of ``content_type``."""
        ...

    def form(self, key: str, *, content_type: str, max_bytes: int, expires_in: int) -> UploadForm:
        """One POST from a browser's form, of 1 to ``max_bytes`` bytes of ``content_type``."""
        ...


def plan_parts(size: int) -> list[UploadPart]:
    """Parts of one size, and a last one of what is left. Raises: ValueError: ``size`` is not positive.

    Every part but the last has at least 5 MiB, S3's least:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    """
    if size < 1:
        raise ValueError("an upload has at least one byte")
    least = -(-size // MAX_PARTS)
    part = max(_PART_BYTES, -(-least // _MIB) * _MIB)
    count = -(-size // part)
    return [UploadPart(number, min(part, size - part * (number - 1))) for number in range(1, count + 1)]
