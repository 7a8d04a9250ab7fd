"""Copy of a laptop's archive to the AWS stores of the settings, while no server uses the data folder."""

from shared.adapters.local.data_folder_lock import DataFolderLock
from shared.domain.errors import Conflict
from shared.runtime import Runtime
from shared.runtime.archive_copy.stores import aws_stores, check_no_events, local_stores
from shared.runtime.aws import AwsPorts
from shared.runtime.local import LocalPorts
from shared.runtime.local_archive import archive_of, make_current
from shared.services.maintenance.archive_copy.copy import ArchiveCopy
from shared.services.maintenance.archive_copy.results import CopyOptions, CopyResult, Report
from shared.services.maintenance.archive_format import check_same, current_format
from shared.services.records.documents import Documents
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
    from shared.adapters.aws.clients import AwsClients  # a laptop may not have its packages

    with DataFolderLock(settings.data_folder):
        ports, target = LocalPorts(settings), AwsPorts(settings, AwsClients(), copying=True)
        source = Runtime(ports)
        if options.dry_run and archive_of(source).format() != current_format():
            raise Conflict("The archive has the format of an earlier release. Run the command upgrade first.")
        make_current(source)
        check_same(Documents(target.records))
        check_no_events(ports)
        return ArchiveCopy(local_stores(ports), aws_stores(target), options).run(report)
