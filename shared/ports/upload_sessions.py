"""Direct uploads from a client to the store, which bypass the server and its payload limits.

Each link permits exactly one key, part, size and content type, until it expires.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shared.ports.blobs import BlobStat

MAX_PARTS: Final = 10_000
_MIB: Final = 1024**2
_PART_BYTES: Final = 16 * _MIB
"""A failed part is cheap to retry, and 156 GiB fit into ``MAX_PARTS``."""


@dataclass(frozen=True, slots=True)
class UploadPart:
    """A part of an upload. ``number`` counts from 1; ``size`` is in bytes."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request that the client must send with exactly these ``headers``, and the bytes as its body."""

    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A POST of ``multipart/form-data``: ``fields``, unchanged, then the file in the field ``file``."""

    url: str
    fields: Mapping[str, str]


class UploadNotFound(Exception):
    """The upload is not open: never begun, aborted, or completed and its blob deleted since."""


class UploadIncomplete(Exception):
    """Parts are missing or have another size. ``numbers`` names them, in order."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(f"{len(numbers)} parts are missing or have another size, first {numbers[0]}")
        self.numbers = list(numbers)


class UploadSessions(Protocol):
    """Multipart uploads, and uploads with one request."""

    def begin(self, key: str, content_type: str) -> str:
        """Open a multipart upload; returns its id. ``key`` has no blob until the upload is completed."""
        ...

    def part_links(
        self, key: str, upload_id: str, parts: Sequence[UploadPart], *, expires_in: int
    ) -> list[SignedRequest]:
        """Return one request per part. A client may repeat it until the upload is completed."""
        ...

    def parts(self, key: str, upload_id: str) -> list[UploadPart]:
        """Return the parts that have arrived, by number. Raises: UploadNotFound."""
        ...

    def complete(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        """Join the parts to one blob. Completing an upload twice is the same as once.

        Raises:
            UploadIncomplete: parts of ``expected`` are missing; the upload stays open.
            UploadNotFound
        """
        ...

    def abort(self, key: str, upload_id: str) -> None:
        """Discard the upload and its parts. It is no error if the upload is not open."""
        ...

    def put_request(self, key: str, *, content_type: str, size: int, expires_in: int) -> SignedRequest:
        """Return a request for one PUT of exactly ``size`` bytes of ``content_type``."""
        ...

    def form(self, key: str, *, content_type: str, max_bytes: int, expires_in: int) -> UploadForm:
        """Return a form for one POST of 1 to ``max_bytes`` bytes of ``content_type``."""
        ...


def plan_parts(size: int) -> list[UploadPart]:
    """Divide an upload into parts of equal size; the last may be smaller. Raises: ValueError: ``size`` < 1.

    Every part but the last has at least 5 MiB, S3's minimum:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    """
    if size < 1:
        raise ValueError("an upload has at least one byte")
    least = -(-size // MAX_PARTS)
    part = max(_PART_BYTES, -(-least // _MIB) * _MIB)
    count = -(-size // part)
    return [UploadPart(number, min(part, size - part * (number - 1))) for number in range(1, count + 1)]
