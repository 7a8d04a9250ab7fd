"""Blobs in one S3 bucket. Signed links are presigned URLs, which S3 serves."""

import mimetypes
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.adapters.scratch_folder import ScratchFolder
from shared.domain.errors import Unavailable
from shared.domain.file_names import content_disposition
from shared.ports.blobs import MAX_CHUNK_BYTES, BlobNotFound, BlobStat, check_key

SERVICE: Final = "S3"

_NOT_FOUND: Final = frozenset({"NoSuchKey", "404"})
"""A response to HEAD has no body, so its error code is the status."""

_RANGE_NOT_SATISFIABLE: Final = "InvalidRange"
_KEYS_PER_DELETION: Final = 1000

_INLINE_TYPES: Final = ("video/", "audio/", "image/")


class S3Blobs:
    """Implements ``shared.ports.blobs.Blobs``.

    An object is visible when all of it is stored, and a read continues with the object that it started
    with. A link expires with the credentials that signed it, if they expire first.
    """

    def __init__(self, bucket: str, client: Any, *, scratch: Path | None = None) -> None:
        """``client`` is a botocore client for S3; ``scratch`` must have room for the largest file."""
        self._bucket = bucket
        self._client = client
        self._uri_prefix = f"s3://{bucket}/"
        self._scratch_parent = scratch or Path(tempfile.gettempdir()) / "media-scratch"
        self._scratch_folder: ScratchFolder | None = None
        self._scratch_lock = threading.Lock()

    def uri(self, key: str) -> str:
        return self._uri_prefix + check_key(key)

    def key_of(self, uri: str) -> str | None:
        if not uri.startswith(self._uri_prefix):
            return None
        try:
            return check_key(uri.removeprefix(self._uri_prefix).partition("#")[0])
        except ValueError:
            return None

    def write(self, key: str, content: bytes, content_type: str) -> None:
        with translated_errors(SERVICE):
            self._client.put_object(**self._object(key), Body=content, ContentType=content_type)

    def adopt(self, key: str, path: Path, content_type: str) -> None:
        """Upload the file. Large files are uploaded in parallel parts."""
        from shared.adapters.aws.transfers import upload  # noqa: PLC0415 - few functions need it

        with translated_errors(SERVICE):
            upload(self._client, path, self._bucket, check_key(key), content_type)
        path.unlink()

    def read(self, key: str) -> bytes:
        return b"".join(self.stream(key))

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        if start < 0:
            raise ValueError("start must not be negative")
        body = self._open(key, start, end)
        return iter(()) if body is None else _chunks(body)

    def stat(self, key: str) -> BlobStat | None:
        try:
            with translated_errors(SERVICE):
                found = self._client.head_object(**self._object(key))
        except ClientError as error:
            if code_of(error) in _NOT_FOUND:
                return None
            raise
        return BlobStat(found["ContentLength"], found["ContentType"])

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        from shared.adapters.aws.transfers import download  # noqa: PLC0415

        path = self.scratch_file(Path(check_key(key)).suffix)
        try:
            with _raising_blob_not_found(key), translated_errors(SERVICE):
                download(self._client, self._bucket, key, path)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[str]:
        for page in self._pages(prefix):
            yield from page

    def delete(self, key: str) -> None:
        with translated_errors(SERVICE):
            self._client.delete_object(**self._object(key))

    def delete_prefix(self, prefix: str) -> None:
        if not prefix:
            raise ValueError("an empty prefix would delete every blob")
        for page in self._pages(prefix):
            if page:
                self._delete_all(page)

    def scratch_file(self, suffix: str = "") -> Path:
        with self._scratch_lock:
            if self._scratch_folder is None:  # most functions do not need one
                self._scratch_folder = ScratchFolder(self._scratch_parent)
            return self._scratch_folder.new_file(suffix)

    def require_room(self, size: int = 0) -> None:
        """Do nothing: S3 has room, and scratch files are on the disk of one function or worker."""

    def signed_link(self, key: str, *, expires_in: int, file_name: str | None = None) -> str:
        name = file_name or check_key(key).rsplit("/", 1)[-1]
        parameters = self._object(key) | {"ResponseContentDisposition": _disposition(key, name)}
        link: str = self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=expires_in)
        return link

    def close(self) -> None:
        """Remove this process's scratch files."""
        with self._scratch_lock:
            if self._scratch_folder is not None:
                self._scratch_folder.close()
                self._scratch_folder = None

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": check_key(key)}

    def _open(self, key: str, start: int, end: int | None) -> Any:
        """Return the body of the response, or None if the range is empty. Raises: BlobNotFound."""
        request = self._object(key)
        if end is not None and end <= start:
            if self.stat(key) is None:
                raise BlobNotFound(key)
            return None
        if start or end is not None:
            request["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        try:
            with _raising_blob_not_found(key), translated_errors(SERVICE):
                return self._client.get_object(**request)["Body"]
        except ClientError as error:
            if code_of(error) == _RANGE_NOT_SATISFIABLE:
                return None
            raise

    def _pages(self, prefix: str) -> Iterator[list[str]]:
        """Yield pages of at most 1,000 keys, in the order of their UTF-8 bytes."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with translated_errors(SERVICE):
            for page in pages:
                yield [found["Key"] for found in page.get("Contents", ())]

    def _delete_all(self, keys: list[str]) -> None:
        deletion = {"Objects": [{"Key": key} for key in keys[:_KEYS_PER_DELETION]], "Quiet": True}
        with translated_errors(SERVICE):
            errors = self._client.delete_objects(Bucket=self._bucket, Delete=deletion).get("Errors", [])
        if errors:
            code = errors[0].get("Code")
            raise Unavailable(f"{SERVICE} did not delete {len(errors)} of {len(keys)} objects ({code}).")


@contextmanager
def _raising_blob_not_found(key: str) -> Iterator[None]:
    """Translate S3's missing key into BlobNotFound."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in _NOT_FOUND:
            raise BlobNotFound(key) from error
        raise


def _chunks(body: Any) -> Iterator[bytes]:
    with translated_errors(SERVICE), body:
        yield from body.iter_chunks(MAX_CHUNK_BYTES)


def _disposition(key: str, file_name: str) -> str:
    """Build the Content-Disposition header.

    Only types that a browser plays or shows are inline. SVG is an attachment, because it may contain
    scripts.
    """
    content_type = mimetypes.guess_type(key)[0] or ""
    is_inline = content_type.startswith(_INLINE_TYPES) and "svg" not in content_type
    return content_disposition("inline" if is_inline else "attachment", file_name)
