"""Page tokens of a search by conditions: a position in the order of (executed_at, result id)."""

import base64
import binascii
import json
from collections.abc import Sequence

from shared.domain.errors import InvalidCursor


def page_token(position: Sequence[str]) -> str:
    """Encode the position of the last result of a page."""
    return base64.urlsafe_b64encode(json.dumps(list(position)).encode()).decode()


def page_position(token: str) -> tuple[str, str]:
    """Decode the position after which the next page starts. Raises: InvalidCursor."""
    try:
        executed_at, result_id = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidCursor from error
    return str(executed_at), str(result_id)
