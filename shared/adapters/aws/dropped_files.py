"""Files dropped into the S3 bucket. S3 copies them; the server never reads their bytes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.ports.blobs import check_key
from shared.ports.dropped_files import DroppedFile, DroppedFileGone

_SERVICE: Final = "S3"
_GONE: Final = frozenset({"NoSuchKey", "404", "PreconditionFailed", "412"})

_MAX_COPY_BYTES: Final = 5 * 1024**3
"""The limit of one CopyObject request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""

_PART_BYTES: Final = 1024**3
_PARALLEL_PARTS: Final = 8

REFUSED_TAG: Final = "videovector-server-refused"


class S3DroppedFiles:
    """Implements ``shared.ports.dropped_files.DroppedFiles``; a file's version is its ETag."""

    def __init__(self, bucket: str, client: Any, *, largest_copy: int = _MAX_COPY_BYTES) -> None:
        """``client`` is a botocore client for S3. Files larger than ``largest_copy`` bytes are copied in
        parts."""
        self._bucket = bucket
        self._client = client
        self._largest_copy = largest_copy

    def copy(self, file: DroppedFile, destination: str) -> None:
        target = {"Bucket": self._bucket, "Key": check_key(destination)}
        source = {
            "CopySource": {"Bucket": self._bucket, "Key": file.key},
            "CopySourceIfMatch": _quoted(file.version),
        }
        with _raising_file_gone(file), translated_errors(_SERVICE):
            if file.size <= self._largest_copy:
                self._client.copy_object(**target, **source)
            else:
                self._copy_parts(file, target, source)

    def remove(self, file: DroppedFile) -> None:
        try:
            self._check_version(file)
        except DroppedFileGone:
            return
        with translated_errors(_SERVICE):
            self._client.delete_object(Bucket=self._bucket, Key=file.key)

    def refuse(self, file: DroppedFile, reason: str) -> None:
        self._check_version(file)
        tags = {"TagSet": [{"Key": REFUSED_TAG, "Value": reason}]}
        with _raising_file_gone(file), translated_errors(_SERVICE):
            self._client.put_object_tagging(Bucket=self._bucket, Key=file.key, Tagging=tags)

    def _check_version(self, file: DroppedFile) -> None:
        with _raising_file_gone(file), translated_errors(_SERVICE):
            self._client.head_object(Bucket=self._bucket, Key=file.key, IfMatch=_quoted(file.version))

    def _copy_parts(self, file: DroppedFile, target: dict[str, str], source: dict[str, Any]) -> None:
        content_type = self._client.head_object(Bucket=self._bucket, Key=file.key)["ContentType"]
        upload = target | {
            "UploadId": self._client.create_multipart_upload(**target, ContentType=content_type)["UploadId"]
        }

        def part(number: int) -> dict[str, Any]:
            start = (number - 1) * _PART_BYTES
            end = min(start + _PART_BYTES, file.size) - 1
            copied = self._client.upload_part_copy(
                **upload, **source, PartNumber=number, CopySourceRange=f"bytes={start}-{end}"
            )
            return {"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]}

        try:
            with ThreadPoolExecutor(_PARALLEL_PARTS) as threads:
                parts = list(threads.map(part, range(1, -(-file.size // _PART_BYTES) + 1)))
            self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        except ClientError:
            self._client.abort_multipart_upload(**upload)
            raise


@contextmanager
def _raising_file_gone(file: DroppedFile) -> Iterator[None]:
    """Translate a missing or replaced object into DroppedFileGone."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in _GONE:
            raise DroppedFileGone(file.key) from error
        raise


def _quoted(etag: str) -> str:
    """Quote an ETag. Events carry the ETag without its quotes."""
    return f'"{etag.strip(chr(34))}"'
