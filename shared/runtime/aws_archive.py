"""Bring an archive on AWS to the format of this release: for commands, as it reads the whole table."""

from __future__ import annotations

import os
import socket

from shared.domain import keys
from shared.domain.errors import Conflict
from shared.runtime.archive_upgrades import archive_in, logged_progress
from shared.runtime.aws import MissingSetting, aws_runtime
from shared.services.maintenance.archive_format import CURRENT, Archive
from shared.services.maintenance.upgrade_lock import UpgradeLock
from shared.settings import Settings


def make_current(settings: Settings) -> None:
    """Nothing may be sent to the deployment meanwhile: other upgrades are kept away, functions are not.

    Raises:
        NewerArchive: a later release wrote the archive.
        Conflict: a job is not done yet; another process is at work here, or was less than ten minutes ago.
        MissingSetting: no table is named.
        Unavailable: the table does not answer; called again, it goes on.
    """
    archive = _archive(settings)
    if archive.format() == CURRENT:
        return
    with UpgradeLock(archive.documents, f"Process {os.getpid()} on {socket.gethostname()}") as lock:
        if archive.documents.records.query(keys.job().partition, limit=1).records:
            raise Conflict(
                "Something is still to be done: wait until imports, runs and deletions have ended."
            )
        said = logged_progress()

        def report(done: int, total: int) -> None:
            lock.renew()
            said(done, total)

        archive.make_current(report)


def mark_new(settings: Settings) -> None:
    """Write down the format of a table without records. Raises: NewerArchive, Unavailable."""
    archive = _archive(settings)
    if archive.format() is None:
        archive.make_current(logged_progress())


def _archive(settings: Settings) -> Archive:
    """What it imports, a laptop does not have."""
    from shared.adapters.aws.clients import AwsClients
    from shared.adapters.aws.records.record_source import DynamoRecordSource

    if not settings.records_table:
        raise MissingSetting("records_table")
    source = DynamoRecordSource(settings.records_table, AwsClients().get("dynamodb"))
    return archive_in(aws_runtime(settings).documents, source)
