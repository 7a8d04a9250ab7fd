"""A process that is killed between announcement, import and run: one import, one run."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.imports.execution import ExecutionStatus
from shared.ports.records import Write
from tests.unit.services.automations.automation_world import AutomationWorld

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)


class KilledError(BaseException):
    """The process ends here."""


class KillingRecords(SqliteRecords):
    """Records whose process is killed at a write: before its commit, or after it."""

    writes_left: int | None = None
    commits_last: bool = False

    def write(self, *writes: Write) -> None:
        if self.writes_left is None:
            super().write(*writes)
            return
        self.writes_left -= 1
        is_last = self.writes_left < 0
        if not is_last or self.commits_last:
            super().write(*writes)
        if is_last:
            self.writes_left = None
            raise KilledError


def _world(folder: Path, *, announces: bool) -> tuple[AutomationWorld, KillingRecords]:
    folder.mkdir()
    world = AutomationWorld(folder, announces=announces)
    records = KillingRecords(folder / "records.sqlite")
    world.documents.records = records
    world.save(prompt=world.new_prompt())
    return world, records


def _come(world: AutomationWorld) -> None:
    world.put("a.mp4")
    world.announce("a.mp4")


def _wait(world: AutomationWorld) -> None:
    """Wait for longer than the lease of a check."""
    world.run_for(20 * MINUTE)


def _import(world: AutomationWorld) -> None:
    for job in world.import_jobs():
        if not job.status.is_terminal:
            world.finish(job)


STEPS: Final = (_come, _wait, _import, AutomationWorld.tell, _wait)


def _run_course(world: AutomationWorld, records: KillingRecords) -> bool:
    """Do all steps. A step in which the process is killed is done again. Return whether it was killed."""
    was_killed = False
    for step in STEPS:
        try:
            step(world)
        except KilledError:
            was_killed = True
            step(world)
    records.writes_left = None
    return was_killed


@pytest.mark.parametrize("commits_last", [False, True])
@pytest.mark.parametrize("announces", [False, True])
def test_kill_at_any_write_leads_to_one_import_and_one_run(
    tmp_path: Path, announces: bool, commits_last: bool
) -> None:
    kills, was_killed = 0, True
    while was_killed:
        world, records = _world(tmp_path / str(kills), announces=announces)
        records.writes_left, records.commits_last = kills, commits_last
        was_killed = _run_course(world, records)
        (job,), (run,) = world.import_jobs(), world.prompt_run_records()
        assert job.execution.status is ExecutionStatus.SUBMITTED, kills
        assert job.execution.run_id == run.run_id, kills
        kills += 1
    assert kills > 8
