"""Jobs as executions of a state machine in the emulator, with the product's states and final steps."""

import functools
import io
import json
import sys
import sysconfig
import zipfile
from pathlib import Path

from infra.state_machines.states import JOB, caught, ending, machine, step
from shared.adapters.aws.jobs.executions import StepFunctionsJobs, execution_name
from shared.domain.job import JobRequest, Workflow
from shared.services.maintenance.job_sweep import MAX_ATTEMPTS, JobSweep
from shared.services.records.documents import Documents
from tests.aws import stores
from tests.aws.emulator import REGION, WAIT_SCALE
from tests.contract.job_diary import diary_of
from tests.contract.job_worlds import body_of
from tests.waiting import wait_until

_REPOSITORY = Path(__file__).resolve().parents[2]
_ROLE = "arn:aws:iam::000000000000:role/any"
_FUNCTIONS = ("work", "complete", "give_up")

_CODE = f"""
import sys
sys.path[:0] = [{str(_REPOSITORY)!r}, {sysconfig.get_path("purelib")!r}]
from tests.contract.job_functions import complete, give_up, work
"""
"""The code imports the packages installed on this machine. The tests of deployed stacks cover packaging."""


class ExecutionWorld:
    def __init__(self) -> None:
        table, self._state_machine = _workflow()
        self.records = stores.open_records(table)
        self.backoff_seconds = [seconds * WAIT_SCALE for seconds in (2, 4, 8)]
        self.max_interruptions = MAX_ATTEMPTS
        self._client = stores.client_of("stepfunctions")
        self.jobs = StepFunctionsJobs(dict.fromkeys(Workflow, self._state_machine), self._client)

    def interrupt(self, request: JobRequest) -> None:
        diary = diary_of(request)
        before = len(diary.starts(request.job_id))
        self.resume()
        wait_until(lambda: len(diary.starts(request.job_id)) > before)
        machine = self._state_machine.replace(":stateMachine:", ":execution:")
        current = JobRequest.model_validate(body_of(self.records, request.job_id))
        self._client.stop_execution(executionArn=f"{machine}:{execution_name(current)}")

    def resume(self) -> None:
        JobSweep(
            Documents(self.records),
            self.jobs,
            lambda request, _: diary_of(request).report_failure(request.job_id),
        ).sweep()

    def close(self) -> None:
        self.records.close()


@functools.cache
def _workflow() -> tuple[str, str]:
    """Create the table and the state machine once, because functions take seconds to start. Returns the
    table's name and the state machine's ARN."""
    table, name = stores.create_table(), stores.new_name()
    arn = f"arn:aws:states:{REGION}:000000000000:stateMachine:{name}"
    variables = {
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": table,
        "VIDEOVECTOR_SERVER_MEDIA_BUCKET": stores.new_name(),
        "VIDEOVECTOR_SERVER_SEARCH_ENDPOINT": "http://127.0.0.1:9",
        **{f"VIDEOVECTOR_SERVER_{workflow.upper()}_STATE_MACHINE": arn for workflow in Workflow},
    }
    functions = {each: _function(f"{name}-{each}", each, variables) for each in _FUNCTIONS}
    states = {
        "Work": step(functions["work"], "Complete", output=JOB, on_failure=caught("GiveUp")),
        **ending(functions["complete"], functions["give_up"]),
    }
    stores.client_of("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(machine("Work.", "Work", states, hours=1)), roleArn=_ROLE
    )
    return table, arn


def _function(name: str, handler: str, variables: dict[str, str]) -> str:
    """Create a function; returns its ARN."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("entry.py", _CODE)
    made = stores.client_of("lambda").create_function(
        FunctionName=name,
        Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        Role=_ROLE,
        Handler=f"entry.{handler}",
        Code={"ZipFile": package.getvalue()},
        Timeout=900,
        Environment={"Variables": variables},
    )
    return str(made["FunctionArn"])
