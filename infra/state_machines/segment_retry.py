"""Workflow that processes one segment of a finished run again."""

from infra.state_machines.states import REQUEST_ID, State, caught, ending, jsonata, machine, option, worker
from infra.state_machines.tasks import Tasks


def segment_retry(tasks: Tasks) -> State:
    """Define the workflow."""
    command = (
        *("segment-retry", option("tenant", "tenant_id"), option("run", "run_id")),
        *(option("retry", "retry_id"), REQUEST_ID),
    )
    states = {
        "Retry": worker(
            tasks.job_queue,
            tasks.job_definition,
            jsonata("'segment-retry-' & $job.job_id"),
            command,
            "Complete",
            on_failure=caught("GiveUp"),
        ),
        **ending(tasks.functions["complete"], tasks.functions["give_up"]),
    }
    return machine("Process one segment again.", "Retry", states, hours=7 * 24)
