"""``move-to-aws``: copy a laptop's archive into a deployment."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.adapters.local.data_folder_lock import DataFolderInUse
from shared.cli.aws import require_packages
from shared.cli.configuration import configured, require_records
from shared.domain.errors import DomainError
from shared.runtime.archive_copy import move_to_aws as move
from shared.runtime.aws import MissingSetting
from shared.services.maintenance.archive_copy import CopyOptions, CopyOutcome, CopyResult


def move_to_aws(
    data: Annotated[Path | None, typer.Option(help="The server's data folder.")] = None,
    keys: Annotated[bool, typer.Option("--keys", help="API keys too: they then work on both sides.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is there with another content.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare, and write nothing.")] = False,
    sizes_only: Annotated[
        bool, typer.Option("--sizes-only", help="Do not read files that are there to compare their content.")
    ] = False,
) -> None:
    """Copy records and files to AWS; may be cut off and begun again. Then build the search index there."""
    require_packages()
    settings = configured(data_folder=data)
    console = Console(stderr=True)
    require_records(settings)
    try:
        with console.status("looking") as status:
            choices = CopyOptions(keys=keys, overwrite=overwrite, dry_run=dry_run, sizes_only=sizes_only)
            moved = move(settings, choices, lambda moved: status.update(_described(moved)))
    except (DataFolderInUse, DomainError, MissingSetting) as error:
        console.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    print(_described(moved) + (" Nothing was written." if dry_run else ""))
    if moved.different:
        print("Not replaced, for want of --overwrite:", *moved.different, sep="\n  ")
        raise typer.Exit(1)


def _described(moved: CopyResult) -> str:
    counts = (("files", moved.files), ("records", moved.records))
    parts = [
        f"{found[CopyOutcome.COPIED]} {name} copied, {found[CopyOutcome.IDENTICAL]} there already"
        + (f", {found[CopyOutcome.DIFFERENT]} different" if found[CopyOutcome.DIFFERENT] else "")
        for name, found in counts
    ]
    return f"{'; '.join(parts)}; {moved.bytes_copied / 1e6:.1f} MB."
