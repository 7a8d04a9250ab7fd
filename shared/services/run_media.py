"""The media of a run: a state for each that is there, and sums over those that were deleted since."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from shared.domain import keys
from shared.domain.prompt_run import MediaRun, PromptRun, RunOptions
from shared.domain.run_counts import RunTally, tally
from shared.ports.records import Delete, VersionConflict, Write
from shared.services.documents import Documents, put
from shared.services.run_estimate import cost

_ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True)
class RunMedia:
    """``states`` in the run's order."""

    states: list[MediaRun] = field(default_factory=list)
    removed: RunTally = field(default_factory=RunTally)


def media_of_run(documents: Documents, run: PromptRun) -> RunMedia:
    """Each medium counts once, also one that is removed in this very moment."""
    key = keys.removed_media(run.tenant_id, run.run_id)
    before = documents.batch([key])
    while True:
        states = documents.every(MediaRun, keys.media_run(run.tenant_id, run.run_id))
        after = documents.batch([key])
        if before.version(key) == after.version(key):
            states.sort(key=lambda media_run: media_run.ordinal)
            return RunMedia(states, after.get(RunTally, key) or RunTally())
        before = after


def remove_from_run(documents: Documents, tenant_id: str, run_id: str, media_id: str) -> None:
    """Take a medium out of a run, whose sums go on counting it. Done again, it changes nothing.

    Raises:
        VersionConflict: too many writers for too long.
    """
    state, run_key = keys.media_run(tenant_id, run_id, media_id), keys.prompt_run(tenant_id, run_id)
    removed = keys.removed_media(tenant_id, run_id)
    for _ in range(_ATTEMPTS):
        batch = documents.batch([state, removed, run_key])
        writes: list[Write] = [Delete(keys.run_of_media(tenant_id, media_id, run_id))]
        if media_run := batch.get(MediaRun, state):
            run = batch.get(PromptRun, run_key)
            gone = tally([media_run])
            gone.done_mt = done_mt([media_run], run.options) if run else 0.0
            total = (batch.get(RunTally, removed) or RunTally()).plus(gone)
            writes.append(Delete(state, expected_version=batch.version(state)))
            writes.append(put(removed, total, expected_version=batch.version(removed)))
        try:
            documents.write(*writes)
        except VersionConflict:
            continue
        return
    raise VersionConflict(state)


def done_mt(media_runs: Iterable[MediaRun], options: RunOptions) -> float:
    """What was worked off of the media's cost."""
    return sum(_done(media_run) * cost(media_run, options) for media_run in media_runs)


def _done(media_run: MediaRun) -> float:
    """The share of a medium that was extracted."""
    return media_run.successful_segments / media_run.total_segments if media_run.total_segments else 0.0
