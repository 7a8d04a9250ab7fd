"""The ``upgrade`` command: convert an archive to the format of this release."""

import sys

import typer

from shared.cli.aws import require_packages
from shared.cli.configuration import DataFolder, configured, require_records
from shared.domain.errors import DomainError
from shared.runtime.aws_archive import make_current as make_current_on_aws
from shared.runtime.local import DataFolderInUse, DataFolderLock, local_runtime
from shared.runtime.local_archive import make_current
from shared.services.maintenance.archive_format import current_format
from shared.settings import Settings


def upgrade(data: DataFolder = None) -> None:
    """Upgrade an archive of an earlier release. On AWS this is the only way; on a laptop the server also does
    it at its start."""
    settings = configured(data_folder=data)
    try:
        if settings.records_table:
            require_packages()
            make_current_on_aws(settings)
        else:
            _upgrade_folder(settings)
    except (DataFolderInUse, DomainError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    print(f"The archive has format {current_format()}.")


def _upgrade_folder(settings: Settings) -> None:
    require_records(settings)
    with DataFolderLock(settings.data_folder):
        make_current(local_runtime(settings))
