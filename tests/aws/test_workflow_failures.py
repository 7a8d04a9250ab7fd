"""Each class of error in the workflows: the number of attempts, the pauses and the end.

The emulator runs the product's definitions with mocked results of their tasks.
"""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from infra.state_machines import DEFINITIONS, STEPS, Tasks
from tests.aws.emulator import Emulator
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

SCALE = 0.01
"""Factor that shortens the pauses. The emulator limits a pause to one minute and adds no jitter."""

STEP_ATTEMPTS = {
    "ValidationError": 1,
    "Unavailable": 7,
    "VersionConflict": 5,
    "Lambda.TooManyRequestsException": 9,
    "Lambda.SnapStartNotReadyException": 9,
    "Lambda.ServiceException": 4,
    "KeyError": 4,
    "States.Timeout": 4,
}
BATCH_ATTEMPTS = {
    "Batch.ServerException": 7,
    "Batch.TooManyRequestsException": 7,
    "Batch.ClientException": 1,
    "States.TaskFailed": 1,
    "States.Timeout": 1,
}
FAILING = [
    *(("deletion", "Remove", error, attempts) for error, attempts in STEP_ATTEMPTS.items()),
    *(("prompt_run", "Plan", error, attempts) for error, attempts in STEP_ATTEMPTS.items()),
    ("prompt_run", "Finish", "Unavailable", 7),
    *(("ingest", "PlanWorkers", error, attempts) for error, attempts in STEP_ATTEMPTS.items()),
    ("segment_retry", "Retry", "States.TaskFailed", 1),
]
IN_A_SHARD = [
    *(("Media", error, attempts) for error, attempts in BATCH_ATTEMPTS.items()),
    ("BeginShard", "Unavailable", 7),
]
INSIDE = [
    *(("prompt_run", *each) for each in IN_A_SHARD),
    *(("ingest", "Import", error, attempts) for error, attempts in BATCH_ATTEMPTS.items()),
]
PAUSES = {"Unavailable": [2, 4, 8, 16, 32, 60], "Batch.ServerException": [5, 10, 20, 40, 60, 60]}

ANSWERS = {
    "Plan": {"shards": [{"shard": 0, "shards": 2}, {"shard": 1, "shards": 2}]},
    "PlanWorkers": {"workers": [{"place": 0}, {"place": 1}]},
    "BeginShard": {"proceed": True},
    "ShardFailed": {"failed": 1},
    "Finish": {"status": "completed"},
    "Remove": {"done": True},
    "Complete": {},
    "GiveUp": {"error": "by_name", "cause": "In words."},
    "Import": {},
    "Retry": {},
    "Media": {},
}


class Workflows:
    def __init__(self, emulator: Emulator) -> None:
        self._client = boto3.client(
            "stepfunctions",
            endpoint_url=emulator.url,
            region_name=emulator.environment["AWS_REGION"],
            aws_access_key_id=emulator.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=emulator.environment["AWS_SECRET_ACCESS_KEY"],
        )
        tasks = Tasks({step: step for steps in STEPS.values() for step in steps}, "queue", "worker", 2)
        self._machines = {
            workflow: self._client.create_state_machine(
                name=workflow,
                definition=json.dumps(define(tasks)),
                roleArn="arn:aws:iam::000000000000:role/any",
            )["stateMachineArn"]
            for workflow, define in DEFINITIONS.items()
        }

    def begin(self, workflow: str, case: str) -> str:
        arguments = {"tenant_id": "t", "run_id": "r", "import_job_id": "i", "retry_id": "y"}
        started = self._client.start_execution(
            stateMachineArn=f"{self._machines[workflow]}#{case}",
            input=json.dumps({"job_id": "job", "workflow": workflow, "arguments": arguments}),
        )
        return str(started["executionArn"])

    def ended(self, execution: str) -> dict[str, Any]:
        deadline = time.monotonic() + HANG_TIMEOUT
        while (found := self._client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        described: dict[str, Any] = found
        return described

    def failures(self, execution: str) -> list[datetime]:
        """Return the times at which the failing task failed."""
        events = self._client.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        return [each["timestamp"] for each in events if each["type"] == "TaskFailed"]


def case_of(state: str, error: str) -> str:
    return f"{state}-{error}".replace(".", "-")


def mock_configuration() -> dict[str, Any]:
    """Build the mock configuration.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
    """
    answers: dict[str, Any] = {
        state: {"0-99": {"Return": {"Payload": payload}}} for state, payload in ANSWERS.items()
    }
    cases: dict[str, dict[str, dict[str, str]]] = {workflow: {} for workflow in DEFINITIONS}
    for workflow, state, error, _ in [*FAILING, *INSIDE]:
        case = case_of(state, error)
        answers[case] = {"0-99": {"Throw": {"Error": error, "Cause": "The test says so."}}}
        cases[workflow][case] = {each: each for each in ANSWERS} | {state: case}
    machines = {workflow: {"TestCases": found} for workflow, found in cases.items()}
    return {"StateMachines": machines, "MockedResponses": answers}


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workflows]:
    folder: Path = tmp_path_factory.mktemp("workflows")
    (folder / "mock_configuration.json").write_text(json.dumps(mock_configuration()))
    variables = {"SFN_WAIT_SCALE": str(SCALE), "SFN_MOCK_CONFIG": str(folder / "mock_configuration.json")}
    with Emulator(folder, variables) as emulator:
        yield Workflows(emulator)


@pytest.fixture(scope="module")
def executions(workflows: Workflows) -> dict[tuple[str, str], str]:
    """Executions of all cases, started together because most of their time is pauses."""
    return {
        (workflow, case_of(state, error)): workflows.begin(workflow, case_of(state, error))
        for workflow, state, error, _ in [*FAILING, *INSIDE]
    }


@pytest.mark.parametrize(("workflow", "state", "error", "attempts"), FAILING)
def test_error_is_retried_by_its_class_and_ends_with_code(
    workflows: Workflows,
    executions: dict[tuple[str, str], str],
    workflow: str,
    state: str,
    error: str,
    attempts: int,
) -> None:
    execution = executions[workflow, case_of(state, error)]
    ended = workflows.ended(execution)
    code = (error, "The test says so.") if workflow == "ingest" else ("by_name", "In words.")
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", *code)
    failures = workflows.failures(execution)
    assert len(failures) == attempts
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(failures)]
    for pause, said in zip(pauses, PAUSES.get(error, ()), strict=False):
        assert pause >= said * SCALE * 0.9


@pytest.mark.parametrize(("workflow", "state", "error", "attempts"), INSIDE)
def test_failed_shard_or_worker_does_not_end_others(
    workflows: Workflows,
    executions: dict[tuple[str, str], str],
    workflow: str,
    state: str,
    error: str,
    attempts: int,
) -> None:
    """Both shards, or workers, get the error; neither ends the execution."""
    execution = executions[workflow, case_of(state, error)]
    assert workflows.ended(execution)["status"] == "SUCCEEDED"
    assert len(workflows.failures(execution)) == 2 * attempts
