"""A read of a blob that may not exist."""

from __future__ import annotations

from shared.ports.blobs import BlobNotFound, Blobs


def read_optional(blobs: Blobs, key: str) -> bytes | None:
    """Read a blob, or return None if there is none."""
    try:
        return blobs.read(key)
    except BlobNotFound:
        return None
