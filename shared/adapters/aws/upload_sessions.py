"""Direct uploads to S3: multipart uploads with presigned parts, presigned PUT and presigned POST."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.ports.blobs import BlobStat, check_key
from shared.ports.upload_sessions import (
    SignedRequest,
    UploadForm,
    UploadIncomplete,
    UploadNotFound,
    UploadPart,
)

_SERVICE: Final = "S3"
_NO_SUCH_UPLOAD: Final = "NoSuchUpload"


class S3UploadSessions:
    """Implements ``shared.ports.upload_sessions.UploadSessions``.

    The signature covers the size: S3 refuses a request with another Content-Length, and reads no more
    bytes than that. A lifecycle rule of the bucket removes the parts of abandoned uploads.
    """

    def __init__(self, bucket: str, client: Any) -> None:
        """``client`` is a botocore client for S3."""
        self._bucket = bucket
        self._client = client

    def begin(self, key: str, content_type: str) -> str:
        with translated_errors(_SERVICE):
            begun = self._client.create_multipart_upload(**self._object(key), ContentType=content_type)
        return str(begun["UploadId"])

    def part_links(
        self, key: str, upload_id: str, parts: Sequence[UploadPart], *, expires_in: int
    ) -> list[SignedRequest]:
        upload = self._object(key) | {"UploadId": upload_id}
        return [
            self._signed_put(
                "upload_part", upload | {"PartNumber": part.number, "ContentLength": part.size}, expires_in
            )
            for part in parts
        ]

    def parts(self, key: str, upload_id: str) -> list[UploadPart]:
        return [UploadPart(part["PartNumber"], part["Size"]) for part in self._uploaded_parts(key, upload_id)]

    def complete(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        try:
            uploaded = self._uploaded_parts(key, upload_id)
            tags = {UploadPart(part["PartNumber"], part["Size"]): part["ETag"] for part in uploaded}
            if missing := [part.number for part in expected if part not in tags]:
                raise UploadIncomplete(missing)
            listed = [{"PartNumber": part.number, "ETag": tags[part]} for part in expected]
            with _raising_upload_not_found(upload_id), translated_errors(_SERVICE):
                self._client.complete_multipart_upload(
                    **self._object(key), UploadId=upload_id, MultipartUpload={"Parts": listed}
                )
        except UploadNotFound:
            return self._stat_of_completed_upload(key, upload_id, expected)
        return self._stat(key)

    def abort(self, key: str, upload_id: str) -> None:
        try:
            with translated_errors(_SERVICE):
                self._client.abort_multipart_upload(**self._object(key), UploadId=upload_id)
        except ClientError as error:
            if code_of(error) != _NO_SUCH_UPLOAD:
                raise

    def put_request(self, key: str, *, content_type: str, size: int, expires_in: int) -> SignedRequest:
        parameters = self._object(key) | {"ContentType": content_type, "ContentLength": size}
        return self._signed_put("put_object", parameters, expires_in)

    def form(self, key: str, *, content_type: str, max_bytes: int, expires_in: int) -> UploadForm:
        """Presign a POST. botocore adds bucket and key to the policy; the client cannot change or add a
        field."""
        presigned = self._client.generate_presigned_post(
            self._bucket,
            check_key(key),
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=expires_in,
        )
        return UploadForm(presigned["url"], presigned["fields"])

    def _object(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": check_key(key)}

    def _signed_put(self, operation: str, parameters: dict[str, Any], expires_in: int) -> SignedRequest:
        url = self._client.generate_presigned_url(operation, Params=parameters, ExpiresIn=expires_in)
        headers = {"Content-Length": str(parameters["ContentLength"])}
        if "ContentType" in parameters:
            headers["Content-Type"] = parameters["ContentType"]
        return SignedRequest("PUT", url, headers)

    def _uploaded_parts(self, key: str, upload_id: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_parts").paginate(**self._object(key), UploadId=upload_id)
        with _raising_upload_not_found(upload_id), translated_errors(_SERVICE):
            return [part for page in pages for part in page.get("Parts", ())]

    def _stat_of_completed_upload(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        """Describe the blob of an upload that is no longer open.

        Raises: UploadNotFound: the blob is missing or has another size, so the upload was not completed.
        """
        try:
            stat = self._stat(key)
        except ClientError as error:
            if code_of(error) == "404":
                raise UploadNotFound(upload_id) from error
            raise
        if stat.size != sum(part.size for part in expected):
            raise UploadNotFound(upload_id)
        return stat

    def _stat(self, key: str) -> BlobStat:
        with translated_errors(_SERVICE):
            found = self._client.head_object(**self._object(key))
        return BlobStat(found["ContentLength"], found["ContentType"])


@contextmanager
def _raising_upload_not_found(upload_id: str) -> Iterator[None]:
    """Translate S3's NoSuchUpload into UploadNotFound."""
    try:
        yield
    except ClientError as error:
        if code_of(error) == _NO_SUCH_UPLOAD:
            raise UploadNotFound(upload_id) from error
        raise
