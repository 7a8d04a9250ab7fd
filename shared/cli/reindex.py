"""The ``reindex`` command: rebuild the search index from records and blobs."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shared.cli.configuration import DataFolder, configured, require_records
from shared.domain.errors import DomainError
from shared.runtime.local import DataFolderInUse
from shared.runtime.local_reindexing import reindex as rebuild


def reindex(
    data: DataFolder = None,
    tenant: Annotated[
        str | None, typer.Option(help="Rebuild only this tenant's part. Default: all tenants.")
    ] = None,
) -> None:
    """Rebuild the search index, after it was lost or the embedding model changed."""
    settings = configured(data_folder=data)
    console = Console(stderr=True)
    require_records(settings)
    try:
        with _display(console) as display:
            task = display.add_task("media", total=None)
            documents = rebuild(
                settings, tenant, lambda done, total: display.update(task, completed=done, total=total)
            )
    except (DataFolderInUse, DomainError) as error:
        console.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    print(f"The search index has {documents} results{'' if tenant is None else f' of {tenant}'} again.")


def _display(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)
