"""Rebuild of a laptop's search index, while no server uses the data folder."""

from shared.adapters.local.data_folder_lock import DataFolderLock
from shared.adapters.local.search.rebuild import rebuilt_search_index
from shared.domain.errors import NotFound
from shared.runtime.local import local_runtime, search_folder
from shared.runtime.local_archive import make_current
from shared.services.maintenance.reindexing import Reindexing, Report
from shared.settings import Settings


def reindex(settings: Settings, tenant: str | None, report: Report) -> int:
    """Build a new index beside the old one, then switch. Return the number of documents. With ``tenant``,
    only its documents are rebuilt, and those of other tenants are copied from the old index.

    Raises:
        DataFolderInUse: a server uses the data folder.
        NewerArchive: a later release wrote the records.
        NotFound: the tenant has no media.
        Unavailable: the disk is full, or a model cannot be loaded; the old index stays.
    """
    with DataFolderLock(settings.data_folder):
        runtime = local_runtime(settings)
        make_current(runtime)
        models = runtime.ports.models
        spaces = models.text_embedder.space, models.image_embedder.space
        with rebuilt_search_index(search_folder(settings), *spaces, tenant=tenant) as index:
            reindexing = Reindexing(runtime.documents, runtime.ports.blobs, models, index)
            tenants = reindexing.tenants()
            if tenant is None:
                return reindexing.rebuild(tenants, report)
            if tenant not in tenants:
                raise NotFound("tenant", tenant)
            return reindexing.rebuild([tenant], report)
