"""The key of the language model's endpoint, as an operator put it into AWS Secrets Manager."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from pydantic import SecretStr

from shared.adapters.aws.errors import ClientError, answering, code_of
from shared.ports.models import ExtractionFailed

_KEPT_SECONDS: Final = 300.0


class StoredKey:
    """A ``shared.ports.models.KeySource``. The secret's text is the key, and nothing else.

    It is kept for five minutes: who puts another key there need not start anything anew.
    """

    def __init__(self, client: Any, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``client`` is botocore's for Secrets Manager; ``secret`` a name or an ARN."""
        self._client = client
        self._secret = secret
        self._clock = clock
        self._known: SecretStr | None = None
        self._known_until = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> SecretStr:
        """Raises: ExtractionFailed: the service refuses (code ``model_key_missing``). Unavailable."""
        with self._lock:
            if self._known is None or self._clock() >= self._known_until:
                self._known = SecretStr(self._fetch())
                self._known_until = self._clock() + _KEPT_SECONDS
            return self._known

    def _fetch(self) -> str:
        try:
            with answering("Secrets Manager"):
                found: str = self._client.get_secret_value(SecretId=self._secret).get("SecretString", "")
        except ClientError as error:  # absent, without a value yet, or not for this role
            raise self._missing(code_of(error)) from error
        if not found.strip():
            raise self._missing("no text")
        return found.strip()

    def _missing(self, reason: str) -> ExtractionFailed:
        return ExtractionFailed(
            f"The key of the model endpoint cannot be had from Secrets Manager ({reason}).",
            code="model_key_missing",
            retryable=True,
        )
