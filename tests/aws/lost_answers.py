"""A network that loses answers: the service does the work, and the client gets no answer."""

from typing import Any

from botocore.exceptions import ConnectionClosedError  # type: ignore[import-untyped]
from botocore.httpsession import URLLib3Session  # type: ignore[import-untyped]


class LostAnswers:
    """A context manager that loses the answers to the first ``count`` requests of ``client``."""

    def __init__(self, client: Any, count: int = 1) -> None:
        self._events = client.meta.events
        self._left = count

    def __enter__(self) -> "LostAnswers":
        self._events.register("before-send", self._lose)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("before-send", self._lose)

    def _lose(self, request: Any, **_: Any) -> None:
        if self._left == 0:
            return
        self._left -= 1
        URLLib3Session().send(request)
        raise ConnectionClosedError(endpoint_url=request.url)
