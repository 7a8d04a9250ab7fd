"""The media of a run: a state for each that is there, and sums over those that were deleted since."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain import keys
from shared.domain.runs.counts import RunTally, tally
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunOptions
from shared.ports.records import Delete, Write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision
from shared.services.runs.estimate import cost


@dataclass(frozen=True, slots=True)
class MediaStates:
    """``states`` in the run's order."""

    states: list[MediumState] = field(default_factory=list)
    removed: RunTally = field(default_factory=RunTally)


def media_of_run(documents: Documents, run: PromptRun) -> MediaStates:
    """Each medium counts once, also one that is removed in this very moment."""
    key = keys.removed_media(run.tenant_id, run.run_id)
    before = documents.batch([key])
    while True:
        states = documents.every(MediumState, keys.medium_state(run.tenant_id, run.run_id))
        after = documents.batch([key])
        if before.version(key) == after.version(key):
            states.sort(key=lambda medium_state: medium_state.ordinal)
            return MediaStates(states, after.get(RunTally, key) or RunTally())
        before = after


def remove_from_run(documents: Documents, tenant_id: str, run_id: str, media_id: str) -> None:
    """Remove a medium from a run, whose sums go on counting it. A second call changes nothing.

    Raises:
        VersionConflict: each of 20 attempts met one.
    """
    state, run_key = keys.medium_state(tenant_id, run_id, media_id), keys.prompt_run(tenant_id, run_id)
    removed = keys.removed_media(tenant_id, run_id)

    def decide() -> Decision[None]:
        batch = documents.batch([state, removed, run_key])
        writes: list[Write] = [Delete(keys.run_of_media(tenant_id, media_id, run_id))]
        if medium_state := batch.get(MediumState, state):
            run = batch.get(PromptRun, run_key)
            gone = tally([medium_state])
            gone.done_mt = done_mt([medium_state], run.options) if run else 0.0
            total = (batch.get(RunTally, removed) or RunTally()).plus(gone)
            writes.append(Delete(state, expected_version=batch.version(state)))
            writes.append(put(removed, total, expected_version=batch.version(removed)))
        return Decision(None, writes)

    documents.transact(decide)


def done_mt(medium_states: Iterable[MediumState], options: RunOptions) -> float:
    """What was worked off of the media's cost."""
    return sum(_done(medium_state) * cost(medium_state, options) for medium_state in medium_states)


def _done(medium_state: MediumState) -> float:
    """The share of a medium that was extracted."""
    return (
        medium_state.successful_segments / medium_state.total_segments if medium_state.total_segments else 0.0
    )
