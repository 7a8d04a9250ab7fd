"""Write down which media a run works on, for a target that was too large to do so at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.records import MAX_WRITES, Put
from shared.services.library.media_records import WRITES_PER_JOINED_MEDIUM, MediaRecords
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision
from shared.services.runs.media_states import MediaStates, media_of_run
from shared.services.runs.targets import RunTargets

_BATCH: Final = MAX_WRITES // (WRITES_PER_JOINED_MEDIUM + 1)
"""Media in a transaction; each may be of another index, which then points to the run."""


def plan(documents: Documents, run: PromptRun) -> MediaStates:
    """The run's media. Those that an earlier try wrote down keep their state."""
    of_run = media_of_run(documents, run)
    if run.planned:
        return of_run
    _write_down(documents, run, of_run)
    documents.update(PromptRun, keys.prompt_run(run.tenant_id, run.run_id), _planned)
    return media_of_run(documents, run)


def _write_down(documents: Documents, run: PromptRun, known: MediaStates) -> None:
    seen = {medium_state.media_id for medium_state in known.states}
    ordinal = 1 + max((medium_state.ordinal for medium_state in known.states), default=-1)
    media = iter(RunTargets(documents).media_of(run.tenant_id, run.target))
    fresh = (medium for medium in media if medium.media_id not in seen)
    while batch := list(islice(fresh, _BATCH)):
        ordinal += _join(documents, run, batch, ordinal)


def _join(documents: Documents, run: PromptRun, media: Sequence[Media], ordinal: int) -> int:
    """Add ``media`` to the run, and return how many have joined: all but those that are being deleted.

    Raises: VersionConflict: each of 20 attempts met one.
    """

    def decide() -> Decision[int]:
        joined, writes = MediaRecords(documents).join(run, media, ordinal)
        return Decision(len(joined), [*writes, *_index_pointers(run, media)])

    return documents.transact(decide)


def _index_pointers(run: PromptRun, media: Sequence[Media]) -> list[Put]:
    touched = dict.fromkeys(medium.index_id for medium in media)
    return [Put(keys.index_run(run.tenant_id, index_id, run.run_id), {}) for index_id in touched]


def _planned(run: PromptRun) -> PromptRun:
    run.planned = True
    return run
