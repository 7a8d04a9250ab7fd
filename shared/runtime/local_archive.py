"""Upgrade of a laptop's archive, before any other use of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.local.data_folder_lock import DataFolderInUse, DataFolderLock
from shared.adapters.local.records.records import SqliteRecords
from shared.runtime.archive_upgrades import logged_progress
from shared.services.maintenance.archive_format import Archive, current_format

if TYPE_CHECKING:
    from shared.runtime import Runtime


def make_current(runtime: Runtime) -> None:
    """Upgrade the archive. The caller holds the data folder's lock.

    Raises: NewerArchive. Unavailable: for example, the disk is full; the caller runs the upgrade again.
    """
    archive_of(runtime).make_current(logged_progress())


def make_current_beside_server(runtime: Runtime) -> None:
    """Upgrade the archive, unless a server holds the data folder's lock: a server upgrades when it starts.

    Raises: NewerArchive, Unavailable.
    """
    archive = archive_of(runtime)
    if archive.format() in (None, current_format()):
        archive.make_current(logged_progress())
        return
    try:
        with DataFolderLock(runtime.settings.data_folder):
            archive.make_current(logged_progress())
    except DataFolderInUse:
        return


def archive_of(runtime: Runtime) -> Archive:
    records = runtime.ports.records
    if not isinstance(records, SqliteRecords):
        raise TypeError("the records of a local runtime must be SqliteRecords")
    return Archive(runtime.documents, records)
