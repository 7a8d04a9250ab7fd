"""Incoming files that are streamed to S3 as a multipart upload, in parts of eight mebibytes.

Neither memory nor disk use grows with the size of a file, and when its last byte arrives, all parts but
the last are in the bucket. The drawback: the key is chosen before anything is known about the file.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from ulid import ULID

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.domain import blob_keys
from shared.ports.blobs import check_key

_SERVICE: Final = "S3"
_MIB: Final = 1024**2
_MIN_PART_BYTES: Final = 8 * _MIB
_MAX_PARTS: Final = 10_000
_PARTS_IN_FLIGHT: Final = 2
"""Per file: one part is uploaded while the next is read from the sender."""

_THREADS: Final = 32
_CHECKSUM: Final = "ChecksumCRC32"
_NO_SUCH_UPLOAD: Final = "NoSuchUpload"


class S3IncomingFiles:
    """Implements ``shared.ports.incoming_files.IncomingFiles``."""

    def __init__(self, bucket: str, client: Any, *, max_bytes: int) -> None:
        """``client`` is a botocore client for S3; ``max_bytes`` is the maximum size of a file."""
        self._bucket = bucket
        self._client = client
        self._part_bytes = part_bytes(max_bytes)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3-parts")

    def begin(self, tenant_id: str, content_type: str) -> "S3IncomingFile":
        target = {
            "Bucket": self._bucket,
            "Key": check_key(blob_keys.streamed_source(tenant_id, str(ULID()))),
        }
        return S3IncomingFile(self._client, self._threads, target, content_type, self._part_bytes)


class S3IncomingFile:
    """Implements ``shared.ports.incoming_files.IncomingFile``.

    A file that fits into one part is stored with one PutObject. A lifecycle rule of the bucket removes
    uploads that a killed process left open.
    """

    def __init__(
        self, client: Any, threads: ThreadPoolExecutor, target: dict[str, str], content_type: str, part: int
    ) -> None:
        """``target`` is the bucket and the key; ``part`` is the size of a part in bytes."""
        self._client = client
        self._threads = threads
        self._target = target
        self._content_type = content_type
        self._part_bytes = part
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._uploaded_parts: list[dict[str, Any]] = []
        self._in_flight: deque[Future[dict[str, Any]]] = deque()
        self._completion_requested = False
        self._is_finished = False

    def write(self, content: bytes | memoryview) -> None:
        rest = memoryview(content)
        while rest:
            room = self._part_bytes - len(self._buffer)
            self._buffer += rest[:room]
            rest = rest[room:]
            if len(self._buffer) == self._part_bytes:
                self._send_part()

    def close(self) -> None:
        if self._upload_id is not None and self._buffer:
            self._send_part()
        self._await_parts(0)

    def keep(self, key: str) -> str:  # noqa: ARG002 - see below
        """Complete the upload. ``key`` is not used: S3 cannot rename an object, and copying gibibytes would
        keep the sender waiting."""
        self._completion_requested = True  # set first: the upload may succeed although its response is lost
        with translated_errors(_SERVICE):
            if self._upload_id is None:
                self._client.put_object(**self._target, Body=self._buffer, ContentType=self._content_type)
            else:
                self._client.complete_multipart_upload(
                    **self._target, UploadId=self._upload_id, MultipartUpload={"Parts": self._uploaded_parts}
                )
        self._is_finished = True
        self._buffer = bytearray()
        return self._target["Key"]

    def discard(self) -> None:
        if self._is_finished:
            return
        self._is_finished = True
        self._buffer = bytearray()
        for part in self._in_flight:
            part.cancel()
        for part in self._in_flight:  # a part that arrives after the abort would be stored, and billed
            if not part.cancelled():
                part.exception()
        self._in_flight.clear()
        with translated_errors(_SERVICE):
            self._abort()
            if self._completion_requested:
                self._client.delete_object(**self._target)

    def _send_part(self) -> None:
        if self._upload_id is None:
            with translated_errors(_SERVICE):
                begun = self._client.create_multipart_upload(
                    **self._target, ContentType=self._content_type, ChecksumAlgorithm="CRC32"
                )
            self._upload_id = str(begun["UploadId"])
        self._await_parts(_PARTS_IN_FLIGHT - 1)
        content, self._buffer = self._buffer, bytearray()
        number = len(self._uploaded_parts) + len(self._in_flight) + 1
        self._in_flight.append(self._threads.submit(self._upload_part, number, content))

    def _await_parts(self, limit: int) -> None:
        """Wait until at most ``limit`` parts are in flight, to slow down a sender that is faster than S3."""
        while len(self._in_flight) > limit:
            with translated_errors(_SERVICE):
                self._uploaded_parts.append(self._in_flight.popleft().result())

    def _upload_part(self, number: int, content: bytearray) -> dict[str, Any]:
        answer = self._client.upload_part(
            **self._target,
            UploadId=self._upload_id,
            PartNumber=number,
            Body=content,
            ChecksumAlgorithm="CRC32",
        )
        part = {"PartNumber": number, "ETag": answer["ETag"]}
        return part | ({_CHECKSUM: answer[_CHECKSUM]} if _CHECKSUM in answer else {})

    def _abort(self) -> None:
        if self._upload_id is None:
            return
        try:
            self._client.abort_multipart_upload(**self._target, UploadId=self._upload_id)
        except ClientError as error:
            if code_of(error) != _NO_SUCH_UPLOAD:
                raise


def part_bytes(max_bytes: int) -> int:
    """Return the smallest part size, in whole mebibytes, with which the largest file has at most as many
    parts as S3 accepts."""
    return max(_MIN_PART_BYTES, -(-max_bytes // _MAX_PARTS // _MIB) * _MIB)
