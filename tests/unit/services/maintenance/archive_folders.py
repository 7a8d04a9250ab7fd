"""Archives in folders, for tests of copies."""

from pathlib import Path

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain.keys import Key
from shared.services.maintenance.archive_copy.contents import ArchiveStores


class ArchiveFolder:
    """The stores of one archive. A test may replace one of them."""

    def __init__(self, folder: Path) -> None:
        self.records = SqliteRecords(folder / "records.sqlite")
        self.blobs = FolderBlobs(folder / "blobs", link_base_url=lambda: "", signing_key=b"k" * 32)
        self.secrets = FileTenantSecrets(folder / "tenant-secrets")

    def opened(self, writes_per_transaction: int = 1) -> ArchiveStores:
        return ArchiveStores(
            self.records,
            self.records,
            self.blobs,
            self.secrets,
            writes_per_transaction=writes_per_transaction,
        )

    def found(self) -> list[Key]:
        return [write.key for write in self.records.walk()]
