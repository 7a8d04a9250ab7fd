"""The ``move-to-aws`` command: copy a laptop's archive to a deployment."""

from typing import Annotated

import typer
from rich.console import Console

from shared.adapters.local.data_folder_lock import DataFolderInUse
from shared.cli.aws import require_packages
from shared.cli.configuration import DataFolder, configured, require_records
from shared.domain.errors import DomainError
from shared.runtime.archive_copy import move_to_aws as move
from shared.runtime.aws import MissingSetting
from shared.services.maintenance.archive_copy import CopyOptions, CopyOutcome, CopyResult


def move_to_aws(
    data: DataFolder = None,
    keys: Annotated[
        bool, typer.Option("--keys", help="Also copy API keys. They then work in both places.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what differs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare without writing.")] = False,
    sizes_only: Annotated[
        bool, typer.Option("--sizes-only", help="Compare existing files by size, without reading them.")
    ] = False,
) -> None:
    """Copy records, files and users' secrets to AWS. The copy can be interrupted and repeated. Rebuild the
    search index there afterwards."""
    require_packages()
    settings = configured(data_folder=data)
    console = Console(stderr=True)
    require_records(settings)
    try:
        with console.status("comparing") as status:
            choices = CopyOptions(keys=keys, overwrite=overwrite, dry_run=dry_run, sizes_only=sizes_only)
            moved = move(settings, choices, lambda moved: status.update(_summary(moved)))
    except (DataFolderInUse, DomainError, MissingSetting) as error:
        console.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    print(_summary(moved) + (" Nothing was written." if dry_run else ""))
    if moved.different:
        print("Different, and not replaced without --overwrite:", *moved.different, sep="\n  ")
        raise typer.Exit(1)


def _summary(moved: CopyResult) -> str:
    counts = (("files", moved.files), ("records", moved.records), ("secrets", moved.secrets))
    parts = [
        f"{found[CopyOutcome.COPIED]} {name} copied, {found[CopyOutcome.IDENTICAL]} there already"
        + (f", {found[CopyOutcome.DIFFERENT]} different" if found[CopyOutcome.DIFFERENT] else "")
        for name, found in counts
    ]
    return f"{'; '.join(parts)}; {moved.bytes_copied / 1e6:.1f} MB."
