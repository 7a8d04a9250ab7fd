"""Write down which media a run works on, for a target that was too large to do so at once."""

from __future__ import annotations

from itertools import islice
from typing import Final

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.prompt_run import MediaRun, PromptRun
from shared.domain.run_counts import new_media_run
from shared.ports.records import MAX_WRITES, Put
from shared.services.documents import Documents
from shared.services.prompt_runs import media_run_writes
from shared.services.run_targets import RunTargets

_BATCH: Final = MAX_WRITES // 3
"""Three writes a medium: its state and two pointers."""


def plan(documents: Documents, run: PromptRun) -> list[MediaRun]:
    """The run's media in order. Media that an earlier try wrote down keep their state."""
    key = keys.media_run(run.tenant_id, run.run_id)
    if not run.planned:
        _write_down(documents, run, documents.every(MediaRun, key))
        documents.update(PromptRun, keys.prompt_run(run.tenant_id, run.run_id), _planned)
    return sorted(documents.every(MediaRun, key), key=lambda media_run: media_run.ordinal)


def _write_down(documents: Documents, run: PromptRun, known: list[MediaRun]) -> None:
    seen = {media_run.media_id for media_run in known}
    ordinal = 1 + max((media_run.ordinal for media_run in known), default=-1)
    media = iter(RunTargets(documents).media_of(run.tenant_id, run.target))
    fresh = (medium for medium in media if medium.media_id not in seen)
    while batch := list(islice(fresh, _BATCH)):
        media_runs = [new_media_run(run, medium, ordinal + i) for i, medium in enumerate(batch)]
        ordinal += len(batch)
        documents.write(*media_run_writes(run, media_runs), *_index_pointers(run, batch))


def _index_pointers(run: PromptRun, media: list[Media]) -> list[Put]:
    touched = dict.fromkeys(medium.index_id for medium in media)
    return [Put(keys.index_run(run.tenant_id, index_id, run.run_id), {}) for index_id in touched]


def _planned(run: PromptRun) -> PromptRun:
    run.planned = True
    return run
