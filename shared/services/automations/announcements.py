"""Announcements of objects: the events of a bucket that import automations watch."""

from collections.abc import Callable, Iterator
from datetime import datetime

from shared.domain import clock, keys
from shared.domain.automations import schedule
from shared.domain.automations.import_automation import ImportAutomation, selects
from shared.services.automations.automation_records import AutomationRecords
from shared.services.connectors.browsing import is_file
from shared.services.records.documents import Documents

_PAGE = 100


class ObjectAnnouncements:
    """Records that objects have come.

    Any number of announcements leads to one import: each only moves the time at which the automation is
    ready.
    """

    def __init__(
        self,
        documents: Documents,
        records: AutomationRecords,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._documents = documents
        self._records = records
        self._now = now

    def object_announced(self, bucket: str, key: str) -> int:
        """Record that the object ``key`` has come into a bucket. Return how many automations import it.

        An announcement that comes twice, or late, has the effect of one more object.

        Raises: Unavailable, VersionConflict: announce the object again.
        """
        return sum(self._announce(tenant, index, key) for tenant, index in self._watchers(bucket))

    def _announce(self, tenant_id: str, index_id: str, key: str) -> bool:
        found, _ = self._records.find(tenant_id, index_id)
        if found is None or not is_file(key) or not selects(found, key):
            return False

        def announced(automation: ImportAutomation) -> ImportAutomation:
            return schedule.announced(automation, self._now())

        return self._records.change(tenant_id, index_id, announced) is not None

    def _watchers(self, bucket: str) -> Iterator[tuple[str, str]]:
        """Yield tenant and index of each automation that watches a bucket."""
        for pointers in self._documents.sort_key_pages(keys.watched_bucket(bucket), limit=_PAGE):
            for pointer in pointers:
                tenant, _, index = pointer.rpartition("#")
                yield tenant, index
