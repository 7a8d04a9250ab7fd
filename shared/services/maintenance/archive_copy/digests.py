"""SHA-256 of files and records, to compare them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from shared.ports.blobs import Blobs


def digest_of_file(blobs: Blobs, key: str) -> tuple[bytes, int]:
    """Read a file, and return its digest and its size in bytes. Raises: BlobNotFound."""
    digest, size = hashlib.sha256(), 0
    for chunk in blobs.stream(key):
        digest.update(chunk)
        size += len(chunk)
    return digest.digest(), size


def digest_of_record(body: Mapping[str, Any]) -> bytes:
    """Return the digest of a record's body, whatever the order of its keys. 1 and 1.0 differ."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
