"""The records of a target's markers and their copies, read and written together."""

from dataclasses import dataclass

from shared.domain import keys
from shared.domain.errors import VersionConflict
from shared.domain.markers.marker import MarkerTotal, TargetMarkers
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.records import Delete, Write
from shared.services.library.markers.located_target import LocatedTarget
from shared.services.library.media_records import address_of, changed_media_writes
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents, put


@dataclass(frozen=True, slots=True)
class MarkedTarget:
    """A target that exists, with its markers. ``holder`` is the medium of the target, or the run that is the
    target. ``batch`` has the versions of all records."""

    located: LocatedTarget
    holder: Media | PromptRun
    markers: TargetMarkers
    total: MarkerTotal
    batch: Batch


class MarkerRecords:
    """Reads and changes of targets.

    The writes expect the versions that were read, so a marker is neither lost to a concurrent change nor
    added to a medium whose deletion has begun.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def read(self, located: LocatedTarget) -> MarkedTarget:
        """Read a target.

        Raises:
            NotFound: the target does not exist or is being deleted.
            VersionConflict: its medium has been deleted during the read.
        """
        if located.media_id is None:
            return self._read_run(located)
        address = address_of(self._visible.get(located.tenant_id, located.media_id))
        subject = located.subject
        batch = self._batch(located, [address.media, address.list_entry, *([subject] if subject else [])])
        media = batch.get(Media, address.media)
        if media is None or media.deleting:
            raise VersionConflict(address.media)
        if subject is not None and not batch.version(subject):
            raise located.missing
        return self._marked(located, media, batch)

    def changed(self, marked: MarkedTarget, after: TargetMarkers) -> list[Write]:
        """Build the writes that replace the markers of a target, with the copies on its medium or run."""
        located, holder, batch = marked.located, marked.holder, marked.batch
        change = len(after.all) - len(marked.markers.all)
        version = batch.version(located.markers)
        writes: list[Write] = [
            put(located.markers, after, expected_version=version, sparse=True)
            if after.all
            else Delete(located.markers, version)
        ]
        if change:
            writes.append(total_write(batch, located.tenant_id, change))
        if isinstance(holder, PromptRun):
            key = keys.prompt_run(located.tenant_id, located.run_id)
            run = holder.model_copy(update={"marker": after.own})
            return [*writes, put(key, run, expected_version=batch.version(key))]
        own = {} if located.subject else {"marker": after.own}
        media = holder.model_copy(update={**own, "marker_count": max(0, holder.marker_count + change)})
        return [*writes, *changed_media_writes(batch, media)]

    def _read_run(self, located: LocatedTarget) -> MarkedTarget:
        key = keys.prompt_run(located.tenant_id, located.run_id)
        batch = self._batch(located, [key])
        run = batch.get(PromptRun, key)
        if run is None:
            raise located.missing
        return self._marked(located, run, batch)

    def _batch(self, located: LocatedTarget, others: list[keys.Key]) -> Batch:
        return self._documents.batch([located.markers, keys.marker_total(located.tenant_id), *others])

    def _marked(self, located: LocatedTarget, holder: Media | PromptRun, batch: Batch) -> MarkedTarget:
        markers = batch.get(TargetMarkers, located.markers) or TargetMarkers()
        total = batch.get(MarkerTotal, keys.marker_total(located.tenant_id)) or MarkerTotal()
        return MarkedTarget(located, holder, markers, total, batch)


def total_write(batch: Batch, tenant_id: str, change: int) -> Write:
    """Build the write that adds ``change`` to the number of a tenant's markers, which ``batch`` has read."""
    key = keys.marker_total(tenant_id)
    before = batch.get(MarkerTotal, key) or MarkerTotal()
    after = MarkerTotal(count=max(0, before.count + change))
    return put(key, after, expected_version=batch.version(key))
