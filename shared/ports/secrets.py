"""Secrets: those that the server creates for itself, and those of its users.

Adapters pass ``tests/contract/test_secrets.py`` and ``tests/contract/test_tenant_secrets.py``.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

MAX_SECRET_BYTES: Final = 16 * 1024

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_VERSION: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
"""A ULID."""


class SecretVersion(NamedTuple):
    """The identity of one version of a user's secret."""

    tenant_id: str
    name: str
    version: str

    @property
    def is_valid(self) -> bool:
        """Whether a secret can have this identity. Others are never looked up, in a file system say."""
        names = all(_NAME.fullmatch(name) for name in (self.tenant_id, self.name))
        return names and _VERSION.fullmatch(self.version) is not None


def check_secret_name(*names: str) -> None:
    """Check the names of a tenant and of its secret. Raises: ValueError."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a valid name for a secret")


def check_secret_identity(identity: SecretVersion) -> None:
    """Raises: ValueError: no secret can have this identity."""
    if not identity.is_valid:
        raise ValueError(f"{identity} is not a valid identity of a secret")


def check_secret_value(value: bytes) -> None:
    """Raises: ValueError: the value is empty or longer than ``MAX_SECRET_BYTES``."""
    if not 1 <= len(value) <= MAX_SECRET_BYTES:
        raise ValueError(f"a secret has 1 to {MAX_SECRET_BYTES} bytes, not {len(value)}")


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

    def restore(self, identity: SecretVersion, value: bytes) -> None:
        """Store a version under a given id, to copy an archive. It replaces a stored value of that version.

        Raises:
            ValueError: the identity or the value is invalid.
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


class TenantSecretSource(TenantSecrets, Protocol):
    """Secrets of users that can be listed, to copy an archive."""

    def walk(self) -> Iterator[SecretVersion]:
        """Yield the identity of every version. Raises: Unavailable."""
        ...
