"""Rebuild of the search index on AWS beside the live index, which stays in use meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.runtime.aws import open_search
from shared.services.maintenance.reindexing import Reindexing
from shared.services.search.spaces import spaces_of

if TYPE_CHECKING:
    from shared.runtime import Runtime
    from shared.services.maintenance.reindexing import Report


def reindex(runtime: Runtime, report: Report, *, anew: bool = False) -> int:
    """Rebuild the index and return the number of documents. Afterwards functions search the spaces of the
    models of ``runtime``.

    ``anew`` discards the unfinished rebuild of a process that was killed.

    Raises:
        Conflict: another process is rebuilding the index, or was killed while it did so.
        Unavailable: a store does not answer, or a model cannot be loaded; the live index stays.
    """
    from shared.adapters.aws.search.rebuild import rebuilding

    spaces = spaces_of(runtime.ports.models)
    with rebuilding(open_search(runtime.settings, spaces), anew=anew) as rebuild:
        reindexing = Reindexing(runtime.documents, runtime.ports.blobs, runtime.ports.models, rebuild)
        documents = reindexing.rebuild(reindexing.tenants(), report)
    runtime.search.spaces.keep(spaces)
    return documents
