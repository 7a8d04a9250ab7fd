"""What may be exported."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import Conflict, InvalidRequest
from shared.domain.exports.export import ExportOptions
from shared.domain.runs.prompt_run import RunStatus
from shared.services.exports.exports import MAX_RUNS
from shared.services.exports.snapshots import ended_runs
from shared.services.exports.work import ExportWork
from tests.unit.services.exports.export_world import ExportWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> ExportWorld:
    return ExportWorld(tmp_path)


def test_runs_that_have_ended_are_found_oldest_first(world: ExportWorld) -> None:
    film = world.film()
    ended = sorted(world.run(film) for _ in range(3))
    world.run(film, run_status=RunStatus.PROCESSING)
    found = ended_runs(world.documents, ANNA.tenant_id, world.index_id)
    assert [run.run_id for run in found] == ended


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"destination_subpath": "june"}, "destination_subpath"),
        ({"destination_subpath": "../out", "destination_connector_id": "con_1"}, "destination_subpath"),
        ({"prompt_run_ids": [f"run_{number}" for number in range(MAX_RUNS + 1)]}, "prompt_run_ids"),
    ],
)
def test_option_that_breaks_a_rule_is_named(world: ExportWorld, options: dict[str, Any], field: str) -> None:
    world.run(world.film())
    with pytest.raises(InvalidRequest) as refused:
        world.create_of_index(**options)
    assert refused.value.field == field


def test_sqlite_holds_one_run(world: ExportWorld) -> None:
    film = world.film()
    first, _ = world.run(film), world.run(film)
    with pytest.raises(InvalidRequest):
        world.create_of_index(format="sqlite")
    assert world.create_of_index(format="sqlite", prompt_run_ids=[first]).format == "sqlite"


def test_index_without_results_is_not_exported(world: ExportWorld) -> None:
    with pytest.raises(Conflict) as refused:
        world.create_of_index()
    assert refused.value.code == "export_empty"


def test_exports_of_automations_use_up_no_quota(tmp_path: Path) -> None:
    world = ExportWorld(tmp_path, max_at_work=1)
    run_id = world.run(world.film())
    for number in range(2):
        options = ExportOptions()
        world.exports.create_of_run(ANNA, run_id, options, f"exp_{number}", automation_id="aut_1")
    assert world.create(run_id).automation_id is None
    with pytest.raises(Conflict) as refused:
        world.create(run_id)
    assert refused.value.code == "resource_quota_exceeded"
    world.do_work()
    assert world.create(run_id)


def test_work_of_an_export_that_is_gone_does_nothing(world: ExportWorld) -> None:
    world.create(world.run(world.film()))
    (request,) = world.export_requests()
    request.arguments["export_id"] = "exp_gone"
    work: ExportWork = world.new_work()
    work.run(request, lambda: False)
    assert world.told() == []
