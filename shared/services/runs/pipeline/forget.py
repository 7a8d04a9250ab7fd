"""Leave nothing behind of a medium that is deleted under a run: whoever deletes it may have passed
by before the last of it was written."""

from __future__ import annotations

from shared.domain import keys
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.records import MAX_WRITES, Delete
from shared.ports.search_index import SearchFilter
from shared.services.records.documents import Documents
from shared.services.runs.analysis import content
from shared.services.runs.execution.context import PipelinePorts
from shared.services.runs.media_states import remove_from_run
from shared.services.runs.traces import RunTraces


def forget_medium(ports: PipelinePorts, run: PromptRun, media: Media) -> None:
    """Remove what this run made of ``media``, and what was learnt from its bytes unless another
    medium has the same."""
    tenant, media_id = run.tenant_id, media.media_id
    documents = ports.documents
    ports.search_index.delete(SearchFilter(tenant, media_ids=frozenset({media_id})))
    RunTraces(documents, tenant, run.run_id, media_id).erase_results()
    _delete_all(documents, keys.segment(tenant, media_id))
    if documents.get(Media, keys.media(tenant, media_id)) is None:  # else it leads the deletion here
        remove_from_run(documents, tenant, run.run_id, media_id)
    ports.blobs.delete_prefix(content.segments_folder(media))
    references = documents.sort_keys(keys.content_reference(tenant, media.content_hash), limit=2)
    if not [other for other in references.items if other != media_id]:
        ports.blobs.delete_prefix(content.folder(media))


def _delete_all(documents: Documents, prefix: Key) -> None:
    while found := documents.sort_keys(prefix, limit=MAX_WRITES).items:
        documents.write(*(Delete(Key(prefix.partition, sort)) for sort in found))
