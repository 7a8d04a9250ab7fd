"""Secrets of users in files that only their owner can read."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ulid import ULID

from shared.adapters.local.durable_file import make_folders, sync, write_durably
from shared.domain.errors import NotFound, Unavailable
from shared.ports.secrets import SecretVersion, check_secret_identity, check_secret_name, check_secret_value


class FileTenantSecrets:
    """Implements ``shared.ports.secrets.TenantSecretSource``: one file a version,
    ``folder/<tenant>/<name>/<version>``, with mode 0600 in folders with mode 0700."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, tenant_id: str, name: str, value: bytes) -> str:
        check_secret_name(tenant_id, name)
        identity = SecretVersion(tenant_id, name, str(ULID()))
        self.restore(identity, value)
        return identity.version

    def restore(self, identity: SecretVersion, value: bytes) -> None:
        check_secret_identity(identity)
        check_secret_value(value)
        folder = self._secret(identity.tenant_id, identity.name)
        with _available():
            make_folders(folder)
            draft = folder / f".{identity.version}.{secrets.token_hex(4)}"
            try:
                draft.touch(mode=0o600)
                write_durably(draft, value)
                draft.rename(folder / identity.version)
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            sync(folder)

    def read(self, tenant_id: str, name: str, version: str) -> bytes:
        if not SecretVersion(tenant_id, name, version).is_valid:
            raise NotFound("secret", name)
        with _available():
            try:
                return (self._secret(tenant_id, name) / version).read_bytes()
            except FileNotFoundError:
                raise NotFound("secret", name) from None

    def delete(self, tenant_id: str, name: str, *, keep: frozenset[str] = frozenset()) -> None:
        folder = self._secret(tenant_id, name)
        with _available(), suppress(FileNotFoundError):
            if not keep:
                shutil.rmtree(folder)
                return
            for path in folder.iterdir():
                if path.name not in keep:
                    path.unlink(missing_ok=True)

    def walk(self) -> Iterator[SecretVersion]:
        with _available():
            for path in sorted(self._folder.glob("*/*/*")):
                identity = SecretVersion(*path.relative_to(self._folder).parts)
                if identity.is_valid:
                    yield identity

    def delete_version(self, tenant_id: str, name: str, version: str) -> None:
        if SecretVersion(tenant_id, name, version).is_valid:
            with _available():
                (self._secret(tenant_id, name) / version).unlink(missing_ok=True)

    def _secret(self, tenant_id: str, name: str) -> Path:
        check_secret_name(tenant_id, name)
        return self._folder / tenant_id / name


@contextmanager
def _available() -> Iterator[None]:
    """Raises: Unavailable: the file system refuses an operation. The message holds no value."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"The store of secrets does not answer: {error.strerror}.") from error
