"""Whole files to and from S3, in parts side by side; apart, because few functions need its import."""

from pathlib import Path
from typing import Any, Final

from s3transfer.exceptions import RetriesExceededError  # type: ignore[import-untyped]
from s3transfer.manager import TransferConfig, TransferManager  # type: ignore[import-untyped]

from shared.domain.errors import Unavailable

_MIB: Final = 1024**2
_CONFIG: Final = TransferConfig(
    multipart_threshold=64 * _MIB,
    multipart_chunksize=32 * _MIB,
    max_request_concurrency=8,
)


def upload(client: Any, path: Path, bucket: str, key: str, content_type: str) -> None:
    """A part that fails is sent again; an upload that fails leaves no object and no parts."""
    with TransferManager(client, _CONFIG) as manager:
        manager.upload(str(path), bucket, key, extra_args={"ContentType": content_type}).result()


def download(client: Any, bucket: str, key: str, path: Path) -> None:
    """Raises: Unavailable: the bytes broke off too often."""
    try:
        with TransferManager(client, _CONFIG) as manager:
            manager.download(bucket, key, str(path)).result()
    except RetriesExceededError as error:
        raise Unavailable(f"{key} could not be fetched from S3.") from error
