"""A harness of the AWS runtime over the emulator, with the pipeline steps imported as Lambda imports them."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.domain.access import Caller, Scope
from shared.domain.imports.import_job import ImportJob
from shared.domain.job import Workflow
from shared.runtime import Runtime
from shared.runtime.aws import aws_runtime
from shared.settings import Settings
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.waiting import HANG_TIMEOUT

REPOSITORY = Path(__file__).resolve().parents[2]
ANNA = Caller(tenant_id="anna", user_id="usr_anna", scopes=frozenset({Scope.ADMIN}))
SEED = "01J00000000000000000000001"
WAITING = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60_000, "End": True}}}


@dataclass(frozen=True)
class Context:
    """The context object that Lambda passes to a handler."""

    function_name: str = "step"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:000000000000:function:step"
    aws_request_id: str = "11111111-2222-3333-4444-555555555555"
    left: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@dataclass(frozen=True)
class Harness:
    """The AWS runtime, and the variables that the stacks set for functions and workers."""

    runtime: Runtime
    variables: Mapping[str, str]
    machines: Mapping[Workflow, str]
    _imports: list[str] = field(default_factory=list)

    def handler(self, name: str) -> Callable[[dict[str, Any], Any], Any]:
        """Import a handler by a name such as ``pipeline.plan``."""
        handle: Callable[[dict[str, Any], Any], Any] = import_module(f"functions.{name}.handler").handler
        return handle

    def call(self, name: str, event: dict[str, Any], context: Context | None = None) -> Any:
        return self.handler(name)(json.loads(json.dumps(event)), context or Context())

    def executions(self, workflow: Workflow) -> list[dict[str, Any]]:
        """Return the executions of a workflow, each with its input."""
        client = stores.client_of("stepfunctions")
        found = client.list_executions(stateMachineArn=self.machines[workflow])["executions"]
        return [client.describe_execution(executionArn=execution["executionArn"]) for execution in found]

    def imports(self) -> list[str]:
        """Take all messages from the queue of imports; return the ids of all jobs that were sent to it."""
        sqs, queue = stores.client_of("sqs"), self.variables["VIDEOVECTOR_SERVER_IMPORT_BATCHES_QUEUE"]
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
                self._imports.append(each["Body"])
        return self._imports

    def worker(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "functions.worker", *arguments],
            env={**os.environ, **self.variables},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=HANG_TIMEOUT,
            check=False,
        )


def open_harness(emulator: Emulator, table: str, bucket: str) -> tuple[Harness, dict[str, str]]:
    """Create all workflows and queues, and set the environment; return the harness and the variables."""
    machines = {workflow: _machine(workflow) for workflow in Workflow}
    variables = {
        **emulator.environment,
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": table,
        "VIDEOVECTOR_SERVER_MEDIA_BUCKET": bucket,
        "VIDEOVECTOR_SERVER_SEARCH_ENDPOINT": "http://127.0.0.1:9",
        "VIDEOVECTOR_SERVER_IMPORT_BATCHES_QUEUE": _queue("batches"),
        "VIDEOVECTOR_SERVER_IMPORT_LISTINGS_QUEUE": _queue("listings"),
        **{f"VIDEOVECTOR_SERVER_{workflow.upper()}_STATE_MACHINE": arn for workflow, arn in machines.items()},
    }
    os.environ.update(variables)
    return Harness(aws_runtime(Settings()), variables, machines), variables


def _machine(workflow: Workflow) -> str:
    """Create a state machine that only waits; return its ARN."""
    made = stores.client_of("stepfunctions").create_state_machine(
        name=f"{stores.new_name()}-{workflow}",
        definition=json.dumps(WAITING),
        roleArn="arn:aws:iam::000000000000:role/any",
    )
    arn: str = made["stateMachineArn"]
    return arn


def _queue(title: str) -> str:
    """Create a queue; return its URL."""
    made = stores.client_of("sqs").create_queue(QueueName=f"{stores.new_name()}-{title}")
    url: str = made["QueueUrl"]
    return url


def upload_in_parts(runtime: Runtime, file: Path) -> ImportJob:
    """Upload a file into Anna's playground, by an upload session whose part goes to the emulator's S3."""
    content = file.read_bytes()
    view = runtime.imports.uploads.begin(
        ANNA,
        file_name=file.name,
        content_type="video/mp4",
        size=len(content),
        title="Film",
        index_id=None,
        seed=SEED,
    )
    [part] = view.missing
    request = urllib.request.Request(  # noqa: S310 - the emulator
        part.request.url, content, dict(part.request.headers), method="PUT"
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.status == 200
    return runtime.imports.uploads.complete(ANNA, view.session.upload_id)
