"""Import of one job's files, in one Batch job."""

from infra.state_machines.states import (
    JOB,
    REQUEST_ID,
    State,
    argument,
    caught,
    ending,
    jsonata,
    machine,
    worker,
)
from infra.state_machines.tasks import Tasks


def ingest(tasks: Tasks) -> State:
    command = ("ingest", "--tenant", argument("tenant_id"), "--import-job", argument("import_job_id"))
    states = {
        "Import": worker(
            tasks.job_queue,
            tasks.job_definition,
            jsonata("'ingest-' & $job.job_id"),
            (*command, *REQUEST_ID),
            "Complete",
            on_failure=caught("GiveUp"),
            output=JOB,
        ),
        **ending(tasks.functions["complete"], tasks.functions["give_up"]),
    }
    return machine("Import the files of one job.", "Import", states, hours=24)
