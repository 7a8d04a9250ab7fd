"""A laptop's archive is brought to the format of this release before anything works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.local.data_folder_lock import DataFolderInUse, DataFolderLock
from shared.adapters.local.records.records import SqliteRecords
from shared.runtime.archive_upgrades import archive_in, logged_progress
from shared.services.maintenance.archive_format import CURRENT

if TYPE_CHECKING:
    from shared.runtime import Runtime
    from shared.services.maintenance.archive_format import Archive


def make_current(runtime: Runtime) -> None:
    """To be called by who holds the folder's lock.

    Raises: NewerArchive. Unavailable: the disk is full, say; called again, it goes on.
    """
    archive_of(runtime).make_current(logged_progress())


def make_current_beside_server(runtime: Runtime) -> None:
    """As ``make_current``, for a command that may run beside a server: one that is at work on the folder
    has seen to it, or is about to. Raises: NewerArchive, Unavailable."""
    archive = archive_of(runtime)
    if archive.format() in (None, CURRENT):
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
        raise TypeError("a local runtime keeps its records in its folder")
    return archive_in(runtime.documents, records)
