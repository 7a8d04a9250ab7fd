"""The plan of a run: a ``MediumState`` for each medium. Large targets are planned here and not when the run
starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.records import MAX_WRITES, Put
from shared.services.library.media_records import WRITES_PER_JOINED_MEDIUM, MediaRecords
from shared.services.records.batches import batches
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision
from shared.services.runs.media_states import MediaStates, media_of_run
from shared.services.runs.targets import RunTargets

_BATCH: Final = MAX_WRITES // (WRITES_PER_JOINED_MEDIUM + 1)
"""Media per transaction. Each may belong to another index, and then adds the write of a pointer from the
index to the run."""


def plan(documents: Documents, run: PromptRun) -> MediaStates:
    """Return the states of the run's media, and write the missing ones. Existing states are unchanged."""
    run_media = media_of_run(documents, run)
    if run.planned:
        return run_media
    _write_missing_states(documents, run, run_media)
    documents.update(PromptRun, keys.prompt_run(run.tenant_id, run.run_id), _with_plan)
    return media_of_run(documents, run)


def _write_missing_states(documents: Documents, run: PromptRun, existing: MediaStates) -> None:
    existing_ids = {medium_state.media_id for medium_state in existing.states}
    ordinal = 1 + max((medium_state.ordinal for medium_state in existing.states), default=-1)
    media = iter(RunTargets(documents).media_of(run.tenant_id, run.target))
    missing = (medium for medium in media if medium.media_id not in existing_ids)
    for batch in batches(missing, _BATCH):
        ordinal += _join(documents, run, batch, ordinal)


def _join(documents: Documents, run: PromptRun, media: Sequence[Media], ordinal: int) -> int:
    """Add ``media`` to the run, except those that are being deleted. Return the number of added media.

    Raises: VersionConflict: each of 20 attempts met one.
    """

    def decide() -> Decision[int]:
        joined, writes = MediaRecords(documents).join(run, media, ordinal)
        return Decision(len(joined), [*writes, *_index_pointers(run, media)])

    return documents.transact(decide)


def _index_pointers(run: PromptRun, media: Sequence[Media]) -> list[Put]:
    index_ids = dict.fromkeys(medium.index_id for medium in media)
    return [Put(keys.index_run(run.tenant_id, index_id, run.run_id), {}) for index_id in index_ids]


def _with_plan(run: PromptRun) -> PromptRun:
    run.planned = True
    return run
