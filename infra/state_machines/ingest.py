"""Workflow that starts workers: Batch jobs that take batches of files, exports and clips from a queue."""

from infra.state_machines.states import State, caught, jsonata, machine, step, worker
from infra.state_machines.tasks import Tasks

_PLACE = "$string($states.input.place)"


def ingest(tasks: Tasks) -> State:
    """Define the workflow. It ends when its workers do; they leave failed jobs in the queue."""
    states = {
        "PlanWorkers": step(
            tasks.functions["import_workers"],
            "Workers",
            on_failure=caught("Failed", output=jsonata("$states.errorOutput")),
        ),
        "Workers": {
            "Type": "Map",
            "Items": jsonata("$states.input.workers"),
            "ItemProcessor": _worker(tasks),
            "Output": {},
            "End": True,
        },
        "Failed": {
            "Type": "Fail",
            "Error": jsonata("$states.input.Error"),
            "Cause": jsonata("$states.input.Cause"),
        },
    }
    return machine("Start workers for waiting jobs of the queue.", "PlanWorkers", states, hours=7 * 24)


def _worker(tasks: Tasks) -> State:
    command = ("imports", "--place", jsonata(_PLACE), jsonata("'--owner=' & $job.job_id"))
    return {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": "Import",
        "States": {
            "Import": worker(
                tasks.job_queue,
                tasks.job_definition,
                jsonata(f"'imports-' & {_PLACE}"),
                command,
                None,
                on_failure=caught("Ended", output=jsonata("$states.input")),
                output={},
            ),
            "Ended": {"Type": "Pass", "End": True},
        },
    }
