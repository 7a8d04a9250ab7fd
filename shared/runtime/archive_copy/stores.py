"""The stores of a laptop and of a deployment, for a copy."""

from typing import Final

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.errors import Conflict
from shared.domain.lazy import lazy
from shared.ports.records import MAX_WRITES
from shared.runtime.aws import AwsPorts
from shared.runtime.local import LocalPorts
from shared.services.alerts.run_alerts import RunAlerts
from shared.services.automations.import_runs import ImportRuns
from shared.services.maintenance.archive_copy.contents import ArchiveStores
from shared.services.notifications.fan_out import WebhookFanOut

_CONSUMERS: Final = (WebhookFanOut.name, ImportRuns.name, RunAlerts.name)
"""The consumers of the event feed. One that has never run has no lag, but events may wait for it."""

_LOCAL_WRITES_PER_TRANSACTION: Final = MAX_WRITES
"""SQLite waits for the disk once a transaction. DynamoDB charges the double for writes in a transaction."""


class TargetPorts(LocalPorts):
    """Ports of a data folder that an archive is copied into. Its events are not dispatched again."""

    @lazy
    def records(self) -> SqliteRecords:
        path = self.settings.data_folder / "records.sqlite"
        return SqliteRecords(path, self.disk_reserve.release, copying=True)


def local_stores(ports: LocalPorts) -> ArchiveStores:
    return ArchiveStores(
        ports.records,
        ports.records,
        ports.blobs,
        ports.tenant_secrets,
        writes_per_transaction=_LOCAL_WRITES_PER_TRANSACTION,
    )


def aws_stores(ports: AwsPorts) -> ArchiveStores:
    """Raises: MissingSetting: the setting of the table, of the bucket or of the encryption key is missing."""
    secrets = ports.tenant_secret_source
    return ArchiveStores(ports.records, ports.record_source, ports.blobs, secrets)


def check_no_events(ports: LocalPorts) -> None:
    """Check that every consumer has taken every event, since copied events are not dispatched again.

    Raises: Conflict: an event has not been taken.
    """
    feed = ports.records.event_feed
    if any(feed.lag().values()) or any(feed.read(feed.position(name), 1) for name in _CONSUMERS):
        raise Conflict("Events are still to be taken: start the server, and stop it after a minute.")


def check_no_queued_events(ports: AwsPorts) -> None:
    """Check that no event waits in a queue of a deployment, since copied events are not dispatched again. The
    queues have the name of the deployment, which the name of its table begins with.

    Raises: Conflict: an event waits, or the credentials may not read a queue.
    """
    from shared.adapters.aws.event_feed.queues import EventQueues, deployment_of

    deployment = deployment_of(ports.settings.records_table or "")
    if deployment is None:
        return
    if waiting := EventQueues(deployment, ports.clients.get("sqs")).with_events():
        names = ", ".join(waiting)
        raise Conflict(f"Events are still to be taken from {names}. Wait until the queues are empty.")
