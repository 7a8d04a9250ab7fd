"""Rebuild the search index on AWS beside the live one, which is searched and written meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.runtime.aws import open_search, spaces_of
from shared.services.maintenance.reindexing import Reindexing

if TYPE_CHECKING:
    from shared.runtime import Runtime
    from shared.services.maintenance.reindexing import Report


def reindex(runtime: Runtime, report: Report, *, anew: bool = False) -> int:
    """Returns how many documents were put. Functions search in the spaces of these models from then on.

    Raises:
        Conflict: another process rebuilds it, or one was killed while it did: then ask for it ``anew``.
        Unavailable: a store does not answer, or a model cannot be loaded; the live index stays.
    """
    from shared.adapters.aws.search.rebuild import rebuilding

    spaces = spaces_of(runtime.ports.models)
    with rebuilding(open_search(runtime.settings, spaces), anew=anew) as rebuild:
        reindexing = Reindexing(runtime.documents, runtime.ports.blobs, runtime.ports.models, rebuild)
        documents = reindexing.rebuild(reindexing.tenants(), report)
    runtime.search.spaces.keep(spaces)
    return documents
