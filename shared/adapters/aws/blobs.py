"""Blobs in one S3 bucket. Links to them are presigned and served by S3 itself."""

import mimetypes
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from shared.adapters.aws.errors import ClientError, answering, code_of
from shared.adapters.scratch_folder import ScratchFolder
from shared.domain.errors import Unavailable
from shared.ports.blobs import MAX_CHUNK_BYTES, BlobNotFound, BlobStat, check_key

SERVICE: Final = "S3"

_NOT_FOUND: Final = frozenset({"NoSuchKey", "404"})
"""A HEAD has no body to name an error in, only its status."""

_BEYOND_THE_END: Final = "InvalidRange"
_KEYS_A_DELETION: Final = 1000

_SHOWN_INLINE: Final = ("video/", "audio/", "image/")


class S3Blobs:
    """Implements ``shared.ports.blobs.Blobs``.

    S3 shows an object when all of it is there, and a read that has begun goes on with the object it
    began with. A link ends with the credentials that signed it, if they end before its time.
    """

    def __init__(self, bucket: str, client: Any, *, scratch: Path | None = None) -> None:
        """``client`` is botocore's for S3; ``scratch`` has to hold the largest file that is worked on."""
        self._bucket = bucket
        self._client = client
        self._uri_head = f"s3://{bucket}/"
        self._scratch_parent = scratch or Path(tempfile.gettempdir()) / "media-scratch"
        self._scratch_folder: ScratchFolder | None = None
        self._scratch_lock = threading.Lock()

    def uri(self, key: str) -> str:
        return self._uri_head + check_key(key)

    def key_of(self, uri: str) -> str | None:
        if not uri.startswith(self._uri_head):
            return None
        try:
            return check_key(uri.removeprefix(self._uri_head).partition("#")[0])
        except ValueError:
            return None

    def write(self, key: str, content: bytes, content_type: str) -> None:
        with answering(SERVICE):
            self._client.put_object(**self._object(key), Body=content, ContentType=content_type)

    def adopt(self, key: str, path: Path, content_type: str) -> None:
        """Large files go up in parts, several at a time."""
        from shared.adapters.aws.transfers import upload  # noqa: PLC0415 - few functions need it

        with answering(SERVICE):
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
            with answering(SERVICE):
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
            with _absence_of(key), answering(SERVICE):
                download(self._client, self._bucket, key, path)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[str]:
        for page in self._pages(prefix):
            yield from page

    def delete(self, key: str) -> None:
        with answering(SERVICE):
            self._client.delete_object(**self._object(key))

    def delete_prefix(self, prefix: str) -> None:
        if not prefix:
            raise ValueError("an empty prefix would delete every blob")
        for page in self._pages(prefix):
            if page:
                self._delete_all(page)

    def scratch_file(self, suffix: str = "") -> Path:
        with self._scratch_lock:
            if self._scratch_folder is None:  # most functions never need one
                self._scratch_folder = ScratchFolder(self._scratch_parent)
            return self._scratch_folder.new_file(suffix)

    def signed_link(self, key: str, *, expires_in: int, file_name: str | None = None) -> str:
        name = file_name or check_key(key).rsplit("/", 1)[-1]
        shown = {"ResponseContentDisposition": _disposition(key, name)}
        parameters = self._object(key) | shown
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
        """The body of an answer, or None where the range holds nothing. Raises: BlobNotFound."""
        request = self._object(key)
        if end is not None and end <= start:
            if self.stat(key) is None:
                raise BlobNotFound(key)
            return None
        if start or end is not None:
            request["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        try:
            with _absence_of(key), answering(SERVICE):
                return self._client.get_object(**request)["Body"]
        except ClientError as error:
            if code_of(error) == _BEYOND_THE_END:
                return None
            raise

    def _pages(self, prefix: str) -> Iterator[list[str]]:
        """Keys in the order of their UTF-8 bytes, at most 1,000 a page."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with answering(SERVICE):
            for page in pages:
                yield [found["Key"] for found in page.get("Contents", ())]

    def _delete_all(self, keys: list[str]) -> None:
        doomed = {"Objects": [{"Key": key} for key in keys[:_KEYS_A_DELETION]], "Quiet": True}
        with answering(SERVICE):
            errors = self._client.delete_objects(Bucket=self._bucket, Delete=doomed).get("Errors", [])
        if errors:
            code = errors[0].get("Code")
            raise Unavailable(f"{SERVICE} kept {len(errors)} of {len(keys)} objects ({code}).")


@contextmanager
def _absence_of(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) in _NOT_FOUND:
            raise BlobNotFound(key) from error
        raise


def _chunks(body: Any) -> Iterator[bytes]:
    with answering(SERVICE), body:
        yield from body.iter_chunks(MAX_CHUNK_BYTES)


def _disposition(key: str, file_name: str) -> str:
    """Only what a browser plays or shows is opened in it; a drawing in SVG may carry a script.

    The name in the form of RFC 5987, which leaves no character that could end it.
    """
    kind = mimetypes.guess_type(key)[0] or ""
    shown = kind.startswith(_SHOWN_INLINE) and "svg" not in kind
    return f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file_name, safe='')}"
