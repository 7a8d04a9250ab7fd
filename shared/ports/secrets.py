"""Secrets: those that the server creates for itself, and those of its users.

Adapters pass ``tests/contract/test_secrets.py`` and ``tests/contract/test_tenant_secrets.py``.
"""

from typing import Final, Protocol

MAX_SECRET_BYTES: Final = 16 * 1024


class Secrets(Protocol):
    """Keys of the server itself: they sign cursors and links."""

    def get_or_create(self, name: str, length: int = 32) -> bytes:
        """Return the secret ``name`` (letters, digits, ``-``), ``length`` random bytes created at first use.

        All callers, in every process, get the same bytes.

        Raises:
            ValueError: the name is invalid, or the secret has another length.
        """
        ...


class TenantSecrets(Protocol):
    """Secrets of users: credentials of connectors, signing keys of webhooks.

    A secret has a name (letters, digits, ``_``, ``-``; at most 100 characters), unique in its tenant, and
    versions. A record names the version that is in use, so that a rotation takes effect in the transaction
    that changes the record. No value is ever in a log, an error or a record in plain text.
    """

    def put(self, tenant_id: str, name: str, value: bytes) -> str:
        """Store a new version, durable on return. Return its id, a ULID.

        Raises:
            ValueError: the name is invalid, or the value is empty or longer than ``MAX_SECRET_BYTES``.
            Unavailable: the store does not answer.
        """
        ...

    def read(self, tenant_id: str, name: str, version: str) -> bytes:
        """Return the value of a version.

        Raises:
            NotFound: there is no such version in this tenant.
            Unavailable: the store does not answer.
        """
        ...

    def delete(self, tenant_id: str, name: str, *, keep: frozenset[str] = frozenset()) -> None:
        """Delete all versions except those in ``keep``. A missing secret is no error. Raises: Unavailable."""
        ...

    def delete_version(self, tenant_id: str, name: str, version: str) -> None:
        """Delete one version, and no other that is stored at the same time. A missing version is no error.

        Raises: Unavailable: the store does not answer.
        """
        ...
