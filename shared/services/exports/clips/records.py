"""The record of a clip, changed only by the job that makes its file."""

from collections.abc import Callable

from shared.domain import keys
from shared.domain.editing.clip import Clip
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


def change_clip(documents: Documents, clip: Clip, change: Callable[[Clip], Clip]) -> bool:
    """Change a clip whose file the job of ``clip`` makes. Return False if the clip was deleted, or if another
    job makes it by now."""
    key = keys.clip(clip.tenant_id, clip.media_id, clip.clip_id)

    def decide() -> Decision[bool]:
        batch = documents.batch([key])
        found = batch.get(Clip, key)
        if found is None or found.job_id != clip.job_id:
            return Decision(False)
        changed = change(found)
        if changed == found:
            return Decision(True)
        return Decision(True, [put(key, changed, expected_version=batch.version(key))])

    return documents.transact(decide)
