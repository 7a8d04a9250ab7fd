"""Secrets in AWS Secrets Manager: one entry per secret, created at first use."""

import re
import secrets
import threading
from typing import Any, Final

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.domain.errors import Unavailable

_SERVICE: Final = "Secrets Manager"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")


class SecretsManagerSecrets:
    """Implements ``shared.ports.secrets.Secrets``.

    Secrets are cached for the life of the process: a secret never changes, and each request to the
    service costs money and 10 ms.
    """

    def __init__(self, client: Any, *, prefix: str, encryption_key: str | None = None) -> None:
        """``client`` is a botocore client for Secrets Manager; an entry is named ``prefix`` + name.

        ``encryption_key`` is the id or ARN of a KMS key; None selects the account's default key.
        """
        self._client = client
        self._prefix = prefix
        self._encryption = {"KmsKeyId": encryption_key} if encryption_key else {}
        self._cache: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get_or_create(self, name: str, length: int = 32) -> bytes:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a valid name for a secret")
        with self._lock:
            if name not in self._cache:
                self._cache[name] = self._fetch_or_create(self._prefix + name, length)
            secret = self._cache[name]
        if len(secret) != length:
            raise ValueError(f"the secret {name} has {len(secret)} bytes, not {length}")
        return secret

    def _fetch_or_create(self, entry: str, length: int) -> bytes:
        """Fetch the entry, or create it. Of concurrent callers one creates it, and the others fetch it."""
        for _ in attempts():
            secret = self._fetch(entry)
            if secret is not None:
                return secret
            created = secrets.token_bytes(length)
            if self._create(entry, created):
                return created
        raise Unavailable(f"{_SERVICE} has the secret {entry} but does not return it.")

    def _fetch(self, entry: str) -> bytes | None:
        try:
            with translated_errors(_SERVICE):
                found: bytes = self._client.get_secret_value(SecretId=entry)["SecretBinary"]
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        return found

    def _create(self, entry: str, secret: bytes) -> bool:
        try:
            with translated_errors(_SERVICE):
                self._client.create_secret(Name=entry, SecretBinary=secret, **self._encryption)
        except ClientError as error:
            if code_of(error) == "ResourceExistsException":
                return False
            raise
        return True
