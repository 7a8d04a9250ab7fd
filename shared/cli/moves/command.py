"""The ``move`` command: copy an archive between laptops and deployments, and verify the copy."""

import time
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from shared.adapters.local.data_folder_lock import DataFolderInUse
from shared.cli.aws import require_packages
from shared.cli.configuration import configured, require_records
from shared.cli.invocation import invocation
from shared.cli.moves import deployment_file
from shared.cli.moves.report import is_verified, report_of, status_of
from shared.domain.errors import DomainError
from shared.runtime.archive_copy.move import move as run
from shared.runtime.archive_copy.places import DataFolder, Place
from shared.runtime.aws import MissingSetting
from shared.services.maintenance.archive_copy.progress import MoveRecord
from shared.services.maintenance.archive_copy.results import CopyOptions

_PLACE: Final = "A data folder, or a file that ends in .env and describes a deployment."


def move(
    source: Annotated[Path, typer.Option("--from", help=f"The archive to copy. {_PLACE}")],
    target: Annotated[Path, typer.Option("--to", help=f"Where it goes, empty at first. {_PLACE}")],
    keys: Annotated[
        bool, typer.Option("--keys", help="Also copy API keys. They then work in both places.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what differs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would be copied.")] = False,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Begin again, because the source was used after an interruption."),
    ] = False,
) -> None:
    """Copy an archive from a laptop or a deployment to another, and compare every record, file and secret of
    both. The same command continues an interrupted move. The source does not change."""
    console = Console(stderr=True)
    if source.resolve() == target.resolve():
        console.print("--from and --to name the same place.", highlight=False, markup=False)
        raise typer.Exit(1)
    old, new = _place(source), _place(target)
    if isinstance(old, DataFolder):
        require_records(old.settings, "--from")
    # A file of the same size is not read: the verification reads all files.
    options = CopyOptions(
        keys=keys, overwrite=overwrite, dry_run=dry_run, sizes_only=not overwrite, read_back=False
    )
    started = time.monotonic()
    try:
        with console.status("comparing") as status:

            def report(moved: MoveRecord) -> None:
                status.update(status_of(moved, time.monotonic() - started))

            moved = run(old, new, options, report, anew=anew)
    except (DataFolderInUse, DomainError, MissingSetting, OSError) as error:  # OSError: the disk is full
        console.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    print(report_of(moved, time.monotonic() - started, _reindex(new)))
    if not dry_run and not is_verified(moved):
        raise typer.Exit(1)


def _place(path: Path) -> Place:
    if deployment_file.SUFFIX in (path.suffix, path.name):
        require_packages()
        return deployment_file.read_deployment(path, configured())
    return DataFolder(configured(data_folder=path))


def _reindex(target: Place) -> str:
    """Return how the search index of the target is built."""
    if isinstance(target, DataFolder):
        return invocation("reindex", "--data", target.settings.data_folder)
    return "the job `reindex` of the deployment's worker (docs/aws-guide.md)"
