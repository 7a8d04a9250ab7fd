"""Small pictures in a response, as base64."""

import base64
from collections.abc import Callable


class InlinePictures:
    """The pictures of one response. Together they have at most ``room`` bytes, before base64."""

    def __init__(self, read: Callable[[str | None], bytes | None], room: int) -> None:
        self._read = read
        self._room = room

    def base64(self, key: str | None) -> str | None:
        """Return the picture under ``key``, or None if there is none or no room for it."""
        content = self._read(key) if self._room > 0 else None
        if content is None or len(content) > self._room:
            return None
        self._room -= len(content)
        return base64.b64encode(content).decode()
