"""The key of the language model's endpoint, stored by an operator in AWS Secrets Manager."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from pydantic import SecretStr

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.ports.models import ExtractionFailed

_CACHE_SECONDS: Final = 300.0


class StoredKey:
    """Implements ``shared.ports.models.KeySource``. The secret's text is the key and nothing else.

    The key is cached for five minutes, so a new key takes effect without a restart.
    """

    def __init__(self, client: Any, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``client`` is a botocore client for Secrets Manager; ``secret`` is a name or an ARN."""
        self._client = client
        self._secret = secret
        self._clock = clock
        self._cached: SecretStr | None = None
        self._cached_until = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> SecretStr:
        """Return the key.

        Raises: ExtractionFailed: the service refuses (code ``model_key_missing``). Unavailable.
        """
        with self._lock:
            if self._cached is None or self._clock() >= self._cached_until:
                self._cached = SecretStr(self._fetch())
                self._cached_until = self._clock() + _CACHE_SECONDS
            return self._cached

    def _fetch(self) -> str:
        try:
            with translated_errors("Secrets Manager"):
                found: str = self._client.get_secret_value(SecretId=self._secret).get("SecretString", "")
        except ClientError as error:  # absent, without a value, or not readable by this role
            raise self._missing(code_of(error)) from error
        if not found.strip():
            raise self._missing("no text")
        return found.strip()

    def _missing(self, reason: str) -> ExtractionFailed:
        return ExtractionFailed(
            f"The key of the model endpoint cannot be read from Secrets Manager ({reason}).",
            code="model_key_missing",
            retryable=True,
        )
