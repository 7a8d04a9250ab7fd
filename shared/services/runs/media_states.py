"""The media of a run: a state for each existing medium, and sums over the deleted ones."""

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
    """The media of a run. ``states`` are in the run's order, and ``removed`` sums over deleted media."""

    states: list[MediumState] = field(default_factory=list)
    removed: RunTally = field(default_factory=RunTally)


def media_of_run(documents: Documents, run: PromptRun) -> MediaStates:
    """Read the media of a run. Each medium counts once, even if it is removed during the read."""
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
    """Remove a medium from a run. The run's sums still include it. A repeated call changes nothing.

    Raises:
        VersionConflict: each of 20 attempts met one.
    """
    state_key, run_key = keys.medium_state(tenant_id, run_id, media_id), keys.prompt_run(tenant_id, run_id)
    removed_key = keys.removed_media(tenant_id, run_id)

    def decide() -> Decision[None]:
        batch = documents.batch([state_key, removed_key, run_key])
        writes: list[Write] = [Delete(keys.run_of_media(tenant_id, media_id, run_id))]
        if medium_state := batch.get(MediumState, state_key):
            run = batch.get(PromptRun, run_key)
            removed_tally = tally([medium_state])
            removed_tally.done_mt = done_mt([medium_state], run.options) if run else 0.0
            total = (batch.get(RunTally, removed_key) or RunTally()).plus(removed_tally)
            writes.append(Delete(state_key, expected_version=batch.version(state_key)))
            writes.append(put(removed_key, total, expected_version=batch.version(removed_key)))
        return Decision(None, writes)

    documents.transact(decide)


def done_mt(medium_states: Iterable[MediumState], options: RunOptions) -> float:
    """Return the cost of the extracted part of the media, in MT."""
    return sum(_extracted_share(medium_state) * cost(medium_state, options) for medium_state in medium_states)


def _extracted_share(medium_state: MediumState) -> float:
    """Return the share of a medium's segments that were extracted."""
    return (
        medium_state.successful_segments / medium_state.total_segments if medium_state.total_segments else 0.0
    )
