"""Transfers of whole files to and from S3, in parallel parts.

A separate module, because its import is slow and few functions need it.
"""

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
    """Upload a file. A failed part is retried; a failed upload leaves no object and no parts."""
    with TransferManager(client, _CONFIG) as manager:
        manager.upload(str(path), bucket, key, extra_args={"ContentType": content_type}).result()


def download(client: Any, bucket: str, key: str, path: Path) -> None:
    """Download an object. Raises: Unavailable: the connection was lost too often."""
    try:
        with TransferManager(client, _CONFIG) as manager:
            manager.download(bucket, key, str(path)).result()
    except RetriesExceededError as error:
        raise Unavailable(f"{key} could not be fetched from S3.") from error
