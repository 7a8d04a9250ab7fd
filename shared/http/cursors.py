"""Opaque page cursors: a signed position in a list, bound to tenant and query.

The format is ``base64url(HMAC-SHA256(key, tenant, query, position)[:16] + position)``. A cursor does not
expire, because it contains a position in the order and not a snapshot.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from shared.domain import base64url
from shared.domain.errors import InvalidCursor
from shared.http.call import Call

_MAC_BYTES: Final = 16
_MAX_LENGTH: Final = 4096
_SECRET_NAME: Final = "cursor-signing-key"  # noqa: S105 - a name


def encode(call: Call, query: Mapping[str, Any], position: str) -> str:
    """Create a cursor.

    ``query`` identifies the list and its filters, for example ``{"list": "index-media", "index": id}``. The
    next page starts after ``position``.
    """
    raw = position.encode()
    return base64url.encode(_mac(call, query, raw) + raw)


def decode(call: Call, query: Mapping[str, Any], cursor: str) -> str:
    """Return the position of ``cursor``.

    Raises: InvalidCursor: ``encode`` did not create the cursor for this tenant and query.
    """
    try:
        content = base64url.decode(cursor)
    except ValueError:
        raise InvalidCursor from None
    mac, raw = content[:_MAC_BYTES], content[_MAC_BYTES:]
    if len(cursor) > _MAX_LENGTH or not hmac.compare_digest(mac, _mac(call, query, raw)):
        raise InvalidCursor
    return raw.decode()


def decode_optional(call: Call, query: Mapping[str, Any], cursor: str | None) -> str | None:
    """Decode a cursor. None and the empty cursor are the start of the list."""
    return decode(call, query, cursor) if cursor else None


def _mac(call: Call, query: Mapping[str, Any], position: bytes) -> bytes:
    bound = json.dumps([call.caller.tenant_id, query], sort_keys=True, separators=(",", ":")).encode()
    key = call.runtime.ports.secrets.get_or_create(_SECRET_NAME, 32)
    return hmac.digest(key, hashlib.sha256(bound).digest() + position, hashlib.sha256)[:_MAC_BYTES]
