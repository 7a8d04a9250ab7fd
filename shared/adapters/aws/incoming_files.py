"""Incoming files that go to S3 while they arrive: as a multipart upload, in parts of eight mebibytes.

So neither memory nor disk grows with a file, and when its last byte is here, all but its last part is in
the bucket already. The price: a file's key is chosen before anything is known of the file.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from ulid import ULID

from shared.adapters.aws.errors import ClientError, answering, code_of
from shared.domain import blob_keys
from shared.ports.blobs import check_key

_SERVICE: Final = "S3"
_MIB: Final = 1024**2
_SMALLEST_PART_BYTES: Final = 8 * _MIB
_MOST_PARTS: Final = 10_000
_PARTS_ON_THEIR_WAY: Final = 2
"""Of one file: one goes up while the next is taken from the sender, and a slow one holds nobody up."""

_THREADS: Final = 32
_CHECKSUM: Final = "ChecksumCRC32"
_NO_SUCH_UPLOAD: Final = "NoSuchUpload"


class S3IncomingFiles:
    """Implements ``shared.ports.incoming_files.IncomingFiles``."""

    def __init__(self, bucket: str, client: Any, *, most_bytes: int) -> None:
        """``client`` is botocore's for S3; ``most_bytes`` is the size of the largest file."""
        self._bucket = bucket
        self._client = client
        self._part_bytes = part_bytes(most_bytes)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3-parts")

    def begin(self, tenant_id: str, content_type: str) -> "S3IncomingFile":
        target = {
            "Bucket": self._bucket,
            "Key": check_key(blob_keys.streamed_source(tenant_id, str(ULID()))),
        }
        return S3IncomingFile(self._client, self._threads, target, content_type, self._part_bytes)


class S3IncomingFile:
    """Implements ``shared.ports.incoming_files.IncomingFile``.

    A file that fits into one part is stored whole. What a process that died left open is removed by the
    bucket's lifecycle.
    """

    def __init__(
        self, client: Any, threads: ThreadPoolExecutor, target: dict[str, str], content_type: str, part: int
    ) -> None:
        """``target`` names bucket and key; ``part`` is in bytes."""
        self._client = client
        self._threads = threads
        self._target = target
        self._content_type = content_type
        self._part_bytes = part
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._sent: list[dict[str, Any]] = []
        self._on_their_way: deque[Future[dict[str, Any]]] = deque()
        self._was_completed = False
        self._is_over = False

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
        """``key`` is not taken: S3 cannot rename, and copying gibibytes would keep the sender waiting."""
        self._was_completed = True  # an answer that is lost may have been a yes
        with answering(_SERVICE):
            if self._upload_id is None:
                self._client.put_object(**self._target, Body=self._buffer, ContentType=self._content_type)
            else:
                self._client.complete_multipart_upload(
                    **self._target, UploadId=self._upload_id, MultipartUpload={"Parts": self._sent}
                )
        self._is_over = True
        self._buffer = bytearray()
        return self._target["Key"]

    def discard(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._buffer = bytearray()
        for part in self._on_their_way:
            part.cancel()
        for part in self._on_their_way:  # one that arrives after the end would be kept, and paid for
            if not part.cancelled():
                part.exception()
        self._on_their_way.clear()
        with answering(_SERVICE):
            self._abort()
            if self._was_completed:
                self._client.delete_object(**self._target)

    def _send_part(self) -> None:
        if self._upload_id is None:
            with answering(_SERVICE):
                begun = self._client.create_multipart_upload(
                    **self._target, ContentType=self._content_type, ChecksumAlgorithm="CRC32"
                )
            self._upload_id = str(begun["UploadId"])
        self._await_parts(_PARTS_ON_THEIR_WAY - 1)
        content, self._buffer = self._buffer, bytearray()
        number = len(self._sent) + len(self._on_their_way) + 1
        self._on_their_way.append(self._threads.submit(self._upload_part, number, content))

    def _await_parts(self, most: int) -> None:
        """Until at most so many are on their way: what holds back a sender that is faster than S3."""
        while len(self._on_their_way) > most:
            with answering(_SERVICE):
                self._sent.append(self._on_their_way.popleft().result())

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


def part_bytes(most_bytes: int) -> int:
    """The smallest part, in whole mebibytes, of which the largest file has no more than S3 takes."""
    return max(_SMALLEST_PART_BYTES, -(-most_bytes // _MOST_PARTS // _MIB) * _MIB)
