"""Workflows in Amazon States Language: structure, retries, commands and steps."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.functions import STEPS as STEP_FUNCTIONS
from infra.state_machines import DEFINITIONS, STEPS, State, Tasks
from shared.domain.job import Workflow

_FUNCTIONS = {spec.name: f"arn:function:{spec.name}" for spec in STEP_FUNCTIONS}
_TASKS = Tasks(_FUNCTIONS, "arn:queue", "worker", max_concurrent_shards=4)
_MACHINES = {name: define(_TASKS) for name, define in DEFINITIONS.items()}


def state_groups(machine: State) -> Iterator[State]:
    """Yield the state machine and the item processor of each Map in it."""
    yield machine
    for state in machine["States"].values():
        if "ItemProcessor" in state:
            yield from state_groups(state["ItemProcessor"])


def all_states(machine: State) -> dict[str, State]:
    """Return all states by name, including those inside a Map."""
    return {name: state for group in state_groups(machine) for name, state in group["States"].items()}


def following(state: State) -> Iterator[str]:
    """Yield the names of all possible next states."""
    yield from (
        each["Next"] for each in (state, *state.get("Choices", ()), *state.get("Catch", ())) if "Next" in each
    )
    if "Default" in state:
        yield state["Default"]


def commands(machine: State) -> list[list[str]]:
    """Return the worker commands of all Batch jobs."""
    return [
        state["Arguments"]["ContainerOverrides"]["Command"]
        for state in all_states(machine).values()
        if state.get("Resource", "").endswith("submitJob.sync")
    ]


def test_every_workflow_has_definition() -> None:
    queued = {Workflow.IMPORT_LISTING, Workflow.EXPORT, Workflow.CLIP}  # which have queues
    assert set(_MACHINES) == set(STEPS) == set(Workflow) - queued


@pytest.mark.parametrize("name", _MACHINES)
def test_every_state_is_reachable_and_has_successor_or_ends(name: str) -> None:
    for group in state_groups(_MACHINES[name]):
        states: Mapping[str, State] = group["States"]
        reached, waiting = set[str](), [group["StartAt"]]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting += following(states[state])
        assert reached == set(states)
        for each in states.values():
            ends = each.get("End") is True or each["Type"] in ("Fail", "Choice")
            assert ends != ("Next" in each)


@pytest.mark.parametrize("name", _MACHINES)
def test_every_task_has_retry_and_catch(name: str) -> None:
    machine = _MACHINES[name]
    assert machine["QueryLanguage"] == "JSONata"
    tasks = {title: state for title, state in all_states(machine).items() if state["Type"] == "Task"}
    assert all(state["Retry"] for state in tasks.values())
    assert {title for title, state in tasks.items() if "Catch" not in state} <= {"GiveUp"}


@pytest.mark.parametrize("name", _MACHINES)
def test_definition_calls_exactly_its_steps(name: str) -> None:
    called = set(re.findall(r"arn:function:(\w+)", json.dumps(_MACHINES[name])))
    assert called == set(STEPS[name])


@pytest.mark.parametrize("name", _MACHINES)
def test_expressions_are_delimited_and_balanced(name: str) -> None:
    for text in _texts(_MACHINES[name]):
        if "$" in text:
            assert text.startswith("{% "), text
            assert text.endswith(" %}"), text
            assert text.count("{") == text.count("}"), text
            assert text.count("(") == text.count(")"), text


def test_failure_ends_with_error_from_give_up_step() -> None:
    for name in set(_MACHINES) - {"ingest"}:
        states = _MACHINES[name]["States"]
        assert states["GiveUp"]["Next"] == "Failed"
        assert states["Failed"]["Error"] == "{% $states.input.error %}"


def test_store_errors_are_retried_but_invalid_input_is_not() -> None:
    retries = {each["ErrorEquals"][0]: each for each in _MACHINES["prompt_run"]["States"]["Plan"]["Retry"]}
    assert retries["ValidationError"]["MaxAttempts"] == 0
    assert retries["Unavailable"]["MaxAttempts"] == 6
    assert retries["VersionConflict"]["MaxAttempts"] == 4
    assert list(retries)[-1] == "States.ALL"  # must be the last entry, on its own


@pytest.mark.parametrize("name", _MACHINES)
def test_retries_back_off_with_jitter_and_machine_times_out(name: str) -> None:
    """Check the definition only: emulators apply no jitter, and the timeouts last days."""
    retries = [each for state in all_states(_MACHINES[name]).values() for each in state.get("Retry", ())]
    for each in retries:
        if each["MaxAttempts"]:
            assert (each["BackoffRate"], each["JitterStrategy"]) == (2, "FULL")
    assert 24 * 3600 <= _MACHINES[name]["TimeoutSeconds"] <= 14 * 24 * 3600


@pytest.mark.parametrize("name", ["ingest", "prompt_run", "segment_retry"])
def test_failed_job_is_retried_only_by_batch(name: str) -> None:
    (worker,) = (
        state
        for state in all_states(_MACHINES[name]).values()
        if state.get("Resource", "").endswith("submitJob.sync")
    )
    (retry,) = worker["Retry"]
    assert all(error.startswith("Batch.") for error in retry["ErrorEquals"])
    assert "Batch.AWSBatchException" in retry["ErrorEquals"]  # this integration's name for throttling
    assert worker["Catch"][0]["ErrorEquals"] == ["States.ALL"]


def test_shard_failure_does_not_end_other_shards() -> None:
    shards = _MACHINES["prompt_run"]["States"]["Shards"]
    assert shards["MaxConcurrency"] == 4
    inner = shards["ItemProcessor"]["States"]
    assert {name for name, state in inner.items() if state["Type"] == "Fail"} == set()
    assert inner["Media"]["Catch"][0]["Next"] == "ShardFailed"
    assert inner["ShardFailed"]["Catch"][0]["Next"] == "LeftToFinish"


def test_cancelled_run_begins_no_shard() -> None:
    inner = _MACHINES["prompt_run"]["States"]["Shards"]["ItemProcessor"]["States"]
    assert inner["Still wanted?"]["Default"] == "Cancelled"
    assert inner["BeginShard"]["Next"] == "Still wanted?"


def evaluated_with_option_like_ids(part: str) -> str:
    """Evaluate one word of a command as Step Functions would, for a job whose ids all start with ``--``."""
    numbers = {"{% $string($states.input.shard) %}": "1", "{% $string($states.input.shards) %}": "3"}
    joined = re.fullmatch(r"{% '(--[a-z-]+=)' & .*?\$job\.(?:arguments\.)?(\w+).* %}", part)
    if joined:
        return f"{joined[1]}--{joined[2]}"
    assert "$job" not in part, "an id must not be a word of its own"
    return numbers.get(part, part)


@pytest.mark.parametrize("name", ["prompt_run", "segment_retry"])
def test_worker_parses_commands_of_workflows(name: str) -> None:
    from functions.worker.commands import Command, parse

    (command,) = commands(_MACHINES[name])
    parsed = parse([evaluated_with_option_like_ids(each) for each in command])
    assert isinstance(parsed, Command)
    assert parsed.job.workflow == name
    assert parsed.job.request_id == "--request_id"
    assert set(parsed.job.arguments.items()) == {(id_, f"--{id_}") for id_ in parsed.job.arguments}
    assert (parsed.shard is not None) == (name == "prompt_run")


def test_import_workers_are_started_with_their_places() -> None:
    from functions.worker.commands import Imports, parse

    states = _MACHINES["ingest"]["States"]
    assert states["PlanWorkers"]["Next"] == "Workers"
    assert "MaxConcurrency" not in states["Workers"]
    (command,) = commands(_MACHINES["ingest"])
    values = {
        "{% $string($states.input.place) %}": "3",
        "{% '--owner=' & $job.job_id %}": "--owner=workers-7",
    }
    assert parse([values.get(each, each) for each in command]) == Imports(place=3, owner="workers-7")


def test_worker_that_fails_does_not_end_others() -> None:
    inner = _MACHINES["ingest"]["States"]["Workers"]["ItemProcessor"]["States"]
    assert inner["Import"]["Catch"][0]["Next"] == "Ended"
    assert {name for name, state in inner.items() if state["Type"] == "Fail"} == set()


def test_deletion_waits_between_batches() -> None:
    states = _MACHINES["deletion"]["States"]
    assert states["All gone?"]["Default"] == "Wait"
    assert (states["Wait"]["Seconds"], states["Wait"]["Next"]) == (5, "Remove")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
