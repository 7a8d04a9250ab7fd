"""Secrets of users in files that only their owner can read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from ulid import ULID

from shared.adapters.local.durable_file import make_folders, sync, write_durably
from shared.domain.errors import NotFound
from shared.ports.secrets import MAX_SECRET_BYTES

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_VERSION: Final = re.compile(r"[0-9A-Z]{26}")


class FileTenantSecrets:
    """Implements ``shared.ports.secrets.TenantSecrets``: ``folder/<tenant>/<name>/<version>``, mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, tenant_id: str, name: str, value: bytes) -> str:
        if not 1 <= len(value) <= MAX_SECRET_BYTES:
            raise ValueError(f"a secret has 1 to {MAX_SECRET_BYTES} bytes")
        folder = self._secret(tenant_id, name)
        make_folders(folder)
        folder.chmod(0o700)
        version = str(ULID())
        draft = folder / f".{version}"
        draft.touch(mode=0o600)
        write_durably(draft, value)
        draft.rename(folder / version)
        sync(folder)
        return version

    def read(self, tenant_id: str, name: str, version: str) -> bytes:
        path = self._secret(tenant_id, name) / version
        if not _VERSION.fullmatch(version) or not path.is_file():
            raise NotFound("secret", name)
        return path.read_bytes()

    def delete(self, tenant_id: str, name: str, *, keep: frozenset[str] = frozenset()) -> None:
        folder = self._secret(tenant_id, name)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
            return
        for path in folder.glob("*"):
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def delete_version(self, tenant_id: str, name: str, version: str) -> None:
        if _VERSION.fullmatch(version):
            (self._secret(tenant_id, name) / version).unlink(missing_ok=True)

    def _secret(self, tenant_id: str, name: str) -> Path:
        for text in (tenant_id, name):
            if not _NAME.fullmatch(text):
                raise ValueError(f"{text!r} is not a valid name for a secret")
        return self._folder / tenant_id / name
