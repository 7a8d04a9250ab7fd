"""Copy a laptop's archive into the AWS stores that the settings name, while no server uses its folder."""

from shared.adapters.local.data_folder_lock import DataFolderLock
from shared.domain.errors import Conflict
from shared.runtime import Runtime
from shared.runtime.aws import aws_runtime
from shared.runtime.local import LocalPorts
from shared.runtime.local_archive import archive_of, make_current
from shared.services.maintenance.archive_copy import ArchiveCopy, CopyOptions, CopyResult, Report
from shared.services.maintenance.archive_format import check_same, current_format
from shared.settings import Settings


def move_to_aws(settings: Settings, options: CopyOptions, report: Report) -> CopyResult:
    """Copy records and blobs. The laptop's archive stays as it is, but for an upgrade of its format.

    Raises:
        DataFolderInUse: a server is at work.
        Conflict: a job is not done yet; the archives are of different releases.
        MissingSetting: no table or no bucket is named.
        Unavailable: a store does not answer.
    """
    with DataFolderLock(settings.data_folder):
        ports, there = LocalPorts(settings), aws_runtime(settings)
        here = Runtime(ports)
        if options.dry_run and archive_of(here).format() != current_format():
            raise Conflict("The archive is of an earlier release: the command upgrade comes first.")
        make_current(here)
        check_same(there.documents)
        return ArchiveCopy(ports.records, ports.blobs, there.ports.records, there.ports.blobs, options).run(
            report
        )
