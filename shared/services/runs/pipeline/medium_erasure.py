"""Erasure of a medium that is deleted while a run processes it. The deletion may have removed the medium's
data before the run wrote the last of it."""

from __future__ import annotations

from shared.domain import blob_keys, keys
from shared.domain.events.event import lower_bound
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.records import MAX_WRITES, Delete
from shared.ports.search_index import SearchFilter
from shared.services.records.documents import Documents
from shared.services.records.event_erasure import erase_events
from shared.services.runs.analysis import content_keys
from shared.services.runs.execution.context import PipelinePorts
from shared.services.runs.media_states import remove_from_run
from shared.services.runs.traces import RunTraces


def erase_medium(ports: PipelinePorts, run: PromptRun, media: Media) -> None:
    """Delete the results of this run for ``media``, and the analysis of its bytes unless another medium has
    the same bytes. The events are deleted as well if the deletion may have erased the earlier ones already.
    """
    tenant_id, media_id = run.tenant_id, media.media_id
    documents = ports.documents
    ports.search_index.delete(SearchFilter(tenant_id, media_ids=frozenset({media_id})))
    RunTraces(documents, tenant_id, run.run_id, media_id).erase_results()
    _delete_all(documents, keys.segment(tenant_id, media_id))
    ports.blobs.delete(blob_keys.run_table(tenant_id, run.run_id))
    # While the medium exists, its deletion finds this run through the pointer that is removed here.
    if documents.get(Media, keys.media(tenant_id, media_id)) is None:
        remove_from_run(documents, tenant_id, run.run_id, media_id)
        erase_events(
            documents,
            tenant_id,
            lambda event: event.video_id == media_id and event.run_id == run.run_id,
            after=lower_bound(run.run_id),
        )
    ports.blobs.delete_prefix(content_keys.segments_folder(media))
    references = documents.sort_keys(keys.content_reference(tenant_id, media.content_hash), limit=2)
    if not [other for other in references.items if other != media_id]:
        ports.blobs.delete_prefix(content_keys.content_folder(media))


def _delete_all(documents: Documents, prefix: Key) -> None:
    while found := documents.sort_keys(prefix, limit=MAX_WRITES).items:
        documents.write(*(Delete(Key(prefix.partition, sort)) for sort in found))
