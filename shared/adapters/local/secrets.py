"""Secrets in files that only their owner can read."""

import fcntl
import logging
import os
import re
import secrets
from pathlib import Path
from typing import Final

from shared.adapters.local.durable_file import make_folders, sync, write_durably

_LOCK_NAME: Final = ".lock"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")
logger = logging.getLogger(__name__)


class FileSecrets:
    """Implements ``shared.ports.secrets.Secrets``: one file per secret, in hexadecimal, with mode 0600."""

    def __init__(self, folder: Path) -> None:
        make_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder

    def get_or_create(self, name: str, length: int = 32) -> bytes:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a valid name for a secret")
        path = self._folder / name
        if not path.exists():
            self._create(path, length)
        secret = bytes.fromhex(self._read(path))
        if len(secret) != length:
            raise ValueError(f"the secret {name} has {len(secret)} bytes, not {length}")
        return secret

    def _create(self, path: Path, length: int) -> None:
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        try:
            write_durably(draft, secrets.token_hex(length).encode())
            self._place(draft, path)
            sync(self._folder)
        finally:
            draft.unlink(missing_ok=True)

    def _place(self, draft: Path, path: Path) -> None:
        """Give ``draft`` the name ``path`` unless that exists: the first of two concurrent writers wins."""
        try:
            os.link(draft, path)  # a link, unlike a rename, never replaces a file
        except FileExistsError:
            return
        except OSError:  # FAT and exFAT have no hard links
            with (self._folder / _LOCK_NAME).open("w") as gate:
                fcntl.flock(gate, fcntl.LOCK_EX)
                if not path.exists():
                    draft.rename(path)

    def _read(self, path: Path) -> str:
        if path.stat().st_mode & 0o077:
            self._restrict(path)
        return path.read_text(encoding="ascii").strip()

    def _restrict(self, path: Path) -> None:
        try:
            path.chmod(0o600)
        except PermissionError:  # FAT and exFAT have no modes
            logger.warning("The secret %s is readable by others: its file system has no permissions.", path)
        else:
            logger.warning("The secret %s was readable by others. Its mode is now 0600.", path)
