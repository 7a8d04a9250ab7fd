"""The answer of a webhook's receiver."""

from dataclasses import dataclass
from typing import Final

MAX_BODY_BYTES: Final = 1024
"""Bytes of an answer that are read and stored."""

_GONE: Final = 410
_ASKS_TO_WAIT: Final = (429, 503)


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """The answer of a receiver. ``body`` is its first ``MAX_BODY_BYTES`` as text. ``retry_after_seconds`` is
    from the header ``Retry-After`` (RFC 9110, 10.2.3), None without a valid one."""

    status: int
    body: str = ""
    retry_after_seconds: float | None = None

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Return whether the receiver wants no deliveries any more."""
        return self.status == _GONE

    @property
    def wait_seconds(self) -> float:
        """Seconds that the receiver asks to wait. Only 429 and 503 can ask for it."""
        return self.retry_after_seconds or 0.0 if self.status in _ASKS_TO_WAIT else 0.0

    @property
    def error(self) -> str | None:
        """Return why the answer is a failure, as a sentence for the owner of the webhook, or None."""
        if self.succeeded:
            return None
        if 300 <= self.status < 400:
            return (
                f"The receiver answered with status {self.status}. Redirects are not followed; change the "
                "url of the webhook to the final address."
            )
        return f"The receiver answered with status {self.status}."
