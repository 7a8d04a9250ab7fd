"""Each workflow's jobs are run, and given up, by the service of the workflow."""

from typing import cast
from unittest.mock import MagicMock

import pytest

from shared.domain.job import JobRequest, Workflow
from shared.runtime import Runtime
from shared.runtime.job_dispatch import JobDispatch

RUN_BY = {
    Workflow.INGEST: "imports.ingest.run",
    Workflow.PROMPT_RUN: "runs.pipeline.run",
    Workflow.SEGMENT_RETRY: "runs.pipeline.run",
    Workflow.DELETION: "deletion.work.run",
}
GIVEN_UP_BY = {
    Workflow.INGEST: ["imports.cleanup.give_up"],
    Workflow.PROMPT_RUN: ["runs.steps.give_up"],
    Workflow.SEGMENT_RETRY: ["runs.steps.give_up"],
    Workflow.DELETION: [],
}


def _calls(runtime: MagicMock) -> list[str]:
    return [name for name, _, _ in runtime.mock_calls]


def _job(workflow: Workflow) -> JobRequest:
    return JobRequest(job_id="job_1", workflow=workflow, requested_at="2025-01-01T00:00:00Z")


@pytest.mark.parametrize("workflow", Workflow)
def test_job_of_each_workflow_is_run_by_its_service(workflow: Workflow) -> None:
    runtime = MagicMock()
    JobDispatch(cast("Runtime", runtime)).run(_job(workflow), lambda: False)
    assert _calls(runtime) == [RUN_BY[workflow]]


@pytest.mark.parametrize("workflow", Workflow)
def test_failed_job_of_each_workflow_is_recorded_by_its_service(workflow: Workflow) -> None:
    runtime = MagicMock()
    JobDispatch(cast("Runtime", runtime)).give_up(_job(workflow), RuntimeError("broken"))
    assert _calls(runtime) == GIVEN_UP_BY[workflow]
