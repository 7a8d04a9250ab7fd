"""Request ids: the client's id if it is valid, otherwise a new one."""

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.domain import ids

HEADER: Final = "X-Request-ID"

_WIRE_NAME: Final = b"x-request-id"
_VALID_ID = re.compile(rb"[A-Za-z0-9._:\-]{1,128}")


def is_valid(offered: bytes) -> bool:
    """Return whether a client's id is safe in logs, headers and links."""
    return _VALID_ID.fullmatch(offered) is not None


def assign(scope: dict[str, Any]) -> str:
    """Choose the request's id and store it in ``scope``."""
    offered = next((value for name, value in scope["headers"] if name == _WIRE_NAME), b"")
    request_id = offered.decode("ascii") if is_valid(offered) else ids.new_id(ids.REQUEST)
    scope.setdefault("state", {})["request_id"] = request_id
    return request_id


def request_id_of(scope: Mapping[str, Any]) -> str:
    return str(scope["state"]["request_id"])
