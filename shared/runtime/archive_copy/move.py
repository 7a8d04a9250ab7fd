"""Move of an archive between two places, while neither is in use."""

from shared.domain.errors import Conflict
from shared.runtime.archive_copy.places import Place
from shared.services.maintenance.archive_copy.move import ArchiveMove, MoveReport
from shared.services.maintenance.archive_copy.progress import MoveRecord
from shared.services.maintenance.archive_copy.results import CopyOptions


def move(
    source: Place, target: Place, options: CopyOptions, report: MoveReport, *, anew: bool = False
) -> MoveRecord:
    """Move an archive, or continue a move. ``anew``: start at the first item instead.

    Raises:
        DataFolderInUse: a server uses a data folder.
        Conflict: a job or an event of the source is still to be done, an archive has another format, the
            target is not empty and was not filled by this move, or both places have the same archive.
        MissingSetting: a setting of a deployment is missing.
        Unavailable: a store does not answer. The caller runs the move again.
    """
    with source.as_source(dry_run=options.dry_run) as old, target.as_target(dry_run=options.dry_run) as new:
        if old.name == new.name:
            raise Conflict("Source and target are the same archive.")
        return ArchiveMove(old.stores, new.stores, old.name).run(options, report, anew=anew)
