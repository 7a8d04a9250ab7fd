"""Workflow that imports the files of one import job in one Batch job."""

from infra.state_machines.states import (
    JOB,
    REQUEST_ID,
    State,
    caught,
    ending,
    jsonata,
    machine,
    option,
    worker,
)
from infra.state_machines.tasks import Tasks


def ingest(tasks: Tasks) -> State:
    """Define the workflow."""
    command = ("ingest", option("tenant", "tenant_id"), option("import-job", "import_job_id"), REQUEST_ID)
    states = {
        "Import": worker(
            tasks.job_queue,
            tasks.job_definition,
            jsonata("'ingest-' & $job.job_id"),
            command,
            "Complete",
            on_failure=caught("GiveUp"),
            output=JOB,
        ),
        **ending(tasks.functions["complete"], tasks.functions["give_up"]),
    }
    return machine("Import the files of one import job.", "Import", states, hours=7 * 24)
