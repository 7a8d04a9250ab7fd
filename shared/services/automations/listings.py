"""Listings of the objects that an import automation selects, and what is new among them."""

from array import array
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.automations.import_automation import ImportAutomation
from shared.domain.automations.seen_objects import (
    UNSIGNED_64,
    SeenObjects,
    SeenObjectsPart,
    object_digest,
)
from shared.domain.connectors.connector import Connector, ConnectorScope
from shared.domain.imports.import_job import ImportJob
from shared.domain.keys import Key
from shared.ports.records import Delete
from shared.ports.stores import StoredObject
from shared.services.connectors.browsing import Browsing, FileQuery
from shared.services.connectors.connections import Connections
from shared.services.imports.batches.records import MAX_FILES
from shared.services.imports.imported_objects import (
    imported_versions,
    object_fingerprint,
    version_of,
)
from shared.services.records.documents import Documents, put

_PAGE = 100


class TooManyObjects(Exception):
    """The automation selects more objects than an import may have."""

    code = "too_many_files"

    def __init__(self) -> None:
        super().__init__(f"The prefix has more than {MAX_FILES:,} files. Choose a longer prefix.")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing has found. ``unseen`` counts the objects that no earlier listing has seen, or that are
    to be tried again, ``new`` those of them that have not been imported either."""

    seen: SeenObjects
    unseen: int
    new: int


class Listings:
    def __init__(self, documents: Documents, browsing: Browsing, connections: Connections) -> None:
        self._documents = documents
        self._browsing = browsing
        self._connections = connections

    @property
    def longest_seconds(self) -> float:
        """The time that a listing takes at most."""
        return self._browsing.longest_seconds

    def list(
        self, caller: Caller, automation: ImportAutomation, *, last_import: ImportJob | None = None
    ) -> Listing:
        """List the objects that an automation selects.

        If the store was not listed to its end by ``last_import``, that import has not come to each object
        that earlier listings have seen, so that they are not left out.

        Raises:
            NotFound, Conflict, StoreRefusal, ConnectionFailed: as ``Browsing.browse``.
            TooManyObjects: there are more objects than an import may have.
        """
        query = FileQuery(
            prefix=automation.source_prefix,
            pattern=automation.file_pattern,
            recursive=automation.recursive,
        )
        connector = self._connections.find(
            automation.tenant_id, automation.connector_id, ConnectorScope.IMPORT
        )
        is_incomplete = last_import is not None and last_import.listing_failure is not None
        before = SeenObjects() if is_incomplete else self._seen(automation)
        again = automation.failed.to_retry
        digests = array(UNSIGNED_64)
        unseen = new = 0
        with closing(self._browsing.browse(caller, automation.connector_id, query)) as pages:
            for page in pages:
                of_page = [object_digest(each.path, version_of(each)) for each in page]
                digests.extend(of_page)
                if len(digests) > MAX_FILES:
                    raise TooManyObjects
                others = [
                    each
                    for each, digest in zip(page, of_page, strict=True)
                    if digest not in before or digest in again
                ]
                unseen += len(others)
                new += self._count_new(automation, connector, others)
        return Listing(SeenObjects(digests), unseen, new)

    def keep(self, automation: ImportAutomation, listing_id: str, listing: Listing) -> None:
        """Store what a listing has seen. Storing it twice is the same as once."""
        tenant, index = automation.tenant_id, automation.index_id
        for number, part in enumerate(listing.seen.parts()):
            self._documents.write(put(keys.seen_objects(tenant, index, listing_id, number), part))

    def remove_others(self, automation: ImportAutomation) -> None:
        """Delete what earlier listings have seen."""
        kept = f"{automation.seen_id}#"
        partition = keys.seen_objects(automation.tenant_id, automation.index_id)
        for sort_keys in self._documents.sort_key_pages(partition, limit=_PAGE):
            outdated = [sort for sort in sort_keys if not sort.startswith(kept)]
            if outdated:
                self._documents.write(*(Delete(Key(partition.partition, sort)) for sort in outdated))

    def _seen(self, automation: ImportAutomation) -> SeenObjects:
        if automation.seen_id is None:
            return SeenObjects()
        partition = keys.seen_objects(automation.tenant_id, automation.index_id, automation.seen_id)
        return SeenObjects.of_parts(self._documents.every(SeenObjectsPart, partition))

    def _count_new(
        self, automation: ImportAutomation, connector: Connector, objects: Sequence[StoredObject]
    ) -> int:
        """Count the objects that the index does not have in their present version."""
        versions = {
            keys.imported_object(
                automation.tenant_id, automation.index_id, object_fingerprint(connector.address, each.path)
            ): version_of(each)
            for each in objects
        }
        known = imported_versions(self._documents, versions)
        return sum(known.get(key) != version for key, version in versions.items())
