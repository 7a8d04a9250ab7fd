"""One segment of a run that has ended, once more."""

from infra.state_machines.states import REQUEST_ID, State, argument, caught, ending, jsonata, machine, worker
from infra.state_machines.tasks import Tasks


def segment_retry(tasks: Tasks) -> State:
    command = (
        *("segment-retry", "--tenant", argument("tenant_id"), "--run", argument("run_id")),
        *("--retry", argument("retry_id")),
    )
    states = {
        "Retry": worker(
            tasks.job_queue,
            tasks.job_definition,
            jsonata("'segment-retry-' & $job.job_id"),
            (*command, *REQUEST_ID),
            "Complete",
            on_failure=caught("GiveUp"),
        ),
        **ending(tasks.functions["complete"], tasks.functions["give_up"]),
    }
    return machine("Work on one segment once more.", "Retry", states, hours=24)
