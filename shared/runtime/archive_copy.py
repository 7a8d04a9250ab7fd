"""Copy of a laptop's archive to the AWS stores of the settings, while no server uses the data folder."""

from shared.adapters.local.data_folder_lock import DataFolderLock
from shared.domain.errors import Conflict
from shared.runtime import Runtime
from shared.runtime.aws import aws_runtime
from shared.runtime.local import LocalPorts
from shared.runtime.local_archive import archive_of, make_current
from shared.services.alerts.run_alerts import RunAlerts
from shared.services.maintenance.archive_copy import (
    ArchiveCopy,
    CopyOptions,
    CopyResult,
    CopySource,
    CopyTarget,
    Report,
)
from shared.services.maintenance.archive_format import check_same, current_format
from shared.services.notifications.fan_out import WebhookFanOut
from shared.settings import Settings


def move_to_aws(settings: Settings, options: CopyOptions, report: Report) -> CopyResult:
    """Copy records, blobs and users' secrets. The laptop's archive does not change, except for an upgrade of
    its format.

    Raises:
        DataFolderInUse: a server uses the data folder.
        Conflict: a job has not ended, an event has not been taken, or the archives have different formats.
        MissingSetting: the setting of the table, of the bucket or of the encryption key is missing.
        Unavailable: a store does not answer.
    """
    with DataFolderLock(settings.data_folder):
        ports, target = LocalPorts(settings), aws_runtime(settings, copying=True)
        source = Runtime(ports)
        if options.dry_run and archive_of(source).format() != current_format():
            raise Conflict("The archive has the format of an earlier release. Run the command upgrade first.")
        make_current(source)
        check_same(target.documents)
        _check_no_events(ports)
        to = target.ports
        copy = ArchiveCopy(
            CopySource(ports.records, ports.blobs, ports.tenant_secrets),
            CopyTarget(to.records, to.blobs, to.tenant_secrets),
            options,
        )
        return copy.run(report)


def _check_no_events(ports: LocalPorts) -> None:
    """Check that each consumer has got every event, since copied events are not dispatched again.

    Raises: Conflict: an event has not been taken.
    """
    feed = ports.records.event_feed
    consumers = (WebhookFanOut.name, RunAlerts.name)
    if any(feed.read(feed.position(consumer), 1) for consumer in consumers):
        raise Conflict("Events are still to be taken: start the server, and stop it after a minute.")
