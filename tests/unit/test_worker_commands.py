"""Tests of the worker's command line, in the form that the state machines use."""

import pytest

from functions.worker.commands import ARRAY_INDEX, ATTEMPT, Command, Reindex
from functions.worker.commands import parse as parse_any
from shared.domain.job import Workflow
from shared.services.runs.pipeline.shard import Shard


def parse(arguments: list[str]) -> Command:
    command = parse_any(arguments)
    assert isinstance(command, Command)
    return command


def test_each_command_becomes_job_of_its_workflow() -> None:
    ingest = parse(["ingest", "--tenant", "t", "--import-job", "imp_1", "--request-id", ""])
    assert (ingest.job.job_id, ingest.job.workflow, ingest.shard) == ("imp_1", Workflow.INGEST, None)
    assert ingest.job.arguments == {"tenant_id": "t", "import_job_id": "imp_1"}
    retry = parse(
        ["segment-retry", "--tenant", "t", "--run", "run_1", "--retry", "rty_1", "--request-id", "r"]
    )
    assert (retry.job.job_id, retry.job.request_id) == ("rty_1", "r")
    assert retry.job.arguments == {"tenant_id": "t", "run_id": "run_1", "retry_id": "rty_1"}


def test_values_of_clients_may_look_like_options() -> None:
    """Tenants come from token claims and request ids from clients, so both may begin with a hyphen."""
    command = parse(["ingest", "--tenant=-t", "--import-job=imp_1", "--request-id=--import-job"])
    assert command.job.arguments == {"tenant_id": "-t", "import_job_id": "imp_1"}
    assert command.job.request_id == "--import-job"


def test_shard_comes_from_option_or_job_array(monkeypatch: pytest.MonkeyPatch) -> None:
    medium = ["medium", "--tenant", "t", "--run", "run_1"]
    monkeypatch.delenv(ARRAY_INDEX, raising=False)
    assert parse(medium).shard == Shard(0, 1)
    assert parse([*medium, "--shard", "2", "--shards", "3"]).shard == Shard(2, 3)
    monkeypatch.setenv(ARRAY_INDEX, "4")
    assert parse([*medium, "--shards", "5"]).shard == Shard(4, 5)


@pytest.mark.parametrize("wrong", [[], ["medium"], ["ingest", "--tenant", "t"], ["other"]])
def test_invalid_command_line_exits_with_code_two(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(wrong)
    assert ended.value.code == 2


def test_second_attempt_at_reindex_implies_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ATTEMPT, raising=False)
    assert parse_any(["reindex"]) == Reindex(anew=False, request_id="")
    assert parse_any(["reindex", "--anew", "--request-id", "r"]) == Reindex(anew=True, request_id="r")
    monkeypatch.setenv(ATTEMPT, "1")
    assert parse_any(["reindex"]) == Reindex(anew=False, request_id="")
    monkeypatch.setenv(ATTEMPT, "2")
    assert parse_any(["reindex"]) == Reindex(anew=True, request_id="")
