"""Upgrade of an archive on AWS. Only commands run it, because it may read the whole table."""

from __future__ import annotations

import os
import socket

from shared.domain import keys
from shared.domain.errors import Conflict
from shared.runtime.archive_upgrades import logged_progress
from shared.runtime.aws import MissingSetting, aws_runtime
from shared.services.maintenance.archive_format import Archive, current_format, stamped_format
from shared.services.maintenance.upgrade_lock import UpgradeLock
from shared.settings import Settings


def make_current(settings: Settings) -> None:
    """Upgrade the archive under the upgrade lock.

    The lock excludes other upgrades but not the functions, so the deployment must receive no requests
    meanwhile.

    Raises:
        NewerArchive: a later release wrote the archive.
        Conflict: a job has not ended; another process holds the lock, or did less than ten minutes ago.
        MissingSetting: the setting of the table is missing.
        Unavailable: the table does not answer; the caller runs the upgrade again.
    """
    archive = _archive(settings)
    if stamped_format(archive.documents) == current_format():
        return
    with UpgradeLock(archive.documents, f"Process {os.getpid()} on {socket.gethostname()}") as lock:
        if archive.documents.records.query(keys.job().partition, limit=1).records:
            raise Conflict(
                "Something is still to be done: wait until imports, runs and deletions have ended."
            )
        logged = logged_progress()

        def report(done: int, total: int) -> None:
            lock.renew()
            logged(done, total)

        archive.make_current(report)


def mark_new(settings: Settings) -> None:
    """Stamp a table without records with the current format. Raises: NewerArchive, Unavailable."""
    archive = _archive(settings)
    if archive.format() is None:
        archive.make_current(logged_progress())


def _archive(settings: Settings) -> Archive:
    """Open the archive. The imports are local because a laptop may not have these packages."""
    from shared.adapters.aws.clients import AwsClients
    from shared.adapters.aws.records.record_source import DynamoRecordSource

    if not settings.records_table:
        raise MissingSetting("records_table")
    source = DynamoRecordSource(settings.records_table, AwsClients().get("dynamodb"))
    return Archive(aws_runtime(settings).documents, source)
