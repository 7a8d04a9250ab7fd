import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.adapters.local.secrets import FileSecrets


def test_files_are_readable_by_owner_only(tmp_path: Path) -> None:
    FileSecrets(tmp_path / "secrets").get_or_create("name")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "name").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["name"]


def test_loosened_permissions_are_restored(tmp_path: Path) -> None:
    secrets = FileSecrets(tmp_path / "secrets")
    secret = secrets.get_or_create("name")
    (tmp_path / "secrets" / "name").chmod(0o644)
    assert secrets.get_or_create("name") == secret
    assert (tmp_path / "secrets" / "name").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP])
def test_first_writer_wins_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """FAT and exFAT refuse hard links: Linux by EPERM, macOS by ENOTSUP."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    secrets = FileSecrets(tmp_path / "secrets")
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: secrets.get_or_create("name"), range(32)))
    assert len(found) == 1
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == {"name", ".lock"}
