"""The emulator, extended by AWS Batch: each job is a local process, retried by the rules of its definition.

With ``AUTH=true`` the emulator enforces the policies of the roles of functions and jobs. It speaks plain
HTTP, which the policies of the buckets refuse, so every request is marked as sent over TLS. Policies also see
the condition keys of KMS's encryption context and of STS's external id, and batches of SNS and SQS need the
permissions that AWS requires, both unlike in the plain emulator.

The program runs in the emulator's own environment. ``WORKER_PYTHON`` is the interpreter of the jobs, and
``WORKER_FOLDER`` their working directory. Each job leaves a folder ``jobs/<job id>/`` with its output and one
file for each attempt, which names the process.
"""

import contextvars
import fnmatch
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any, Final

from ministack import app  # type: ignore[import-not-found, unused-ignore]
from ministack.core import iam_actions  # type: ignore[import-not-found, unused-ignore]
from ministack.core.lambda_runtime import (  # type: ignore[import-not-found, unused-ignore]
    execution_credentials,
)
from ministack.services import batch, stepfunctions  # type: ignore[import-not-found, unused-ignore]

_JOBS_AT_ONCE: Final = threading.Semaphore(2)
_IMPORT_WORKERS_AT_ONCE: Final = threading.Semaphore(2)
"""Import workers wait for more work, and must not hold up the jobs of runs meanwhile."""

_KILLED: Final = 128
_PASSED_VARIABLES: Final = ("PATH", "HOME", "TMPDIR", "AWS_")

_ended: Final[dict[str, threading.Event]] = {}
_processes: Final[dict[str, subprocess.Popen[bytes]]] = {}
_terminated: Final[set[str]] = set()


def register(request: dict[str, Any]) -> Any:
    """Register a definition as the emulator does, and also keep its retry strategy and timeout."""
    answer = _plain_register(request)
    batch._job_definitions[request["jobDefinitionName"]][-1].update(
        {name: request[name] for name in ("retryStrategy", "timeout") if name in request}
    )
    return answer


def submit(request: dict[str, Any]) -> Any:
    revisions = batch._job_definitions.get(_name(request["jobDefinition"]))
    if not revisions:
        message = f"JobDefinition {request['jobDefinition']} does not exist"
        return batch.error_response_json("ClientException", message, 400)
    answer = _plain_submit(request)
    job = batch._jobs[json.loads(answer[2])["jobId"]]
    job.update(status="RUNNABLE", statusReason="", container={}, attempts=[], stoppedAt=None)
    _ended[job["jobId"]] = threading.Event()
    work = contextvars.copy_context()  # the emulator keeps account and region in context variables
    threading.Thread(target=work.run, args=(_attempts, job, request, revisions[-1]), daemon=True).start()
    return answer


def terminate(request: dict[str, Any]) -> Any:
    _terminated.add(request["jobId"])
    if process := _processes.get(request["jobId"]):
        process.terminate()
    return batch._json(200, {})


def submit_and_wait(_resource: str, request: dict[str, Any]) -> dict[str, Any]:
    """Run the task ``batch:submitJob.sync``, which fails if the job fails."""
    status, _, body = submit(stepfunctions._pascal_to_camel(request))
    answer = json.loads(body)
    if status != 200:
        raise stepfunctions._ExecutionError("Batch.ClientException", answer.get("message", ""))
    _ended[answer["jobId"]].wait()
    job = batch._jobs[answer["jobId"]]
    if job["status"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(job))
    return {"JobId": job["jobId"], "JobName": job["jobName"], "Status": job["status"]}


def _attempts(job: dict[str, Any], request: dict[str, Any], definition: dict[str, Any]) -> None:
    strategy = definition.get("retryStrategy", {})
    try:
        for attempt in range(1, strategy.get("attempts", 1) + 1):
            with _IMPORT_WORKERS_AT_ONCE if _is_import_worker(request) else _JOBS_AT_ONCE:
                code = _run(job, request, definition, attempt)
            job["container"] = {"exitCode": code}
            job["attempts"].append({"container": {"exitCode": code}})
            if code == 0 or job["jobId"] in _terminated or not _is_retried(strategy, code):
                break
        job["status"] = "SUCCEEDED" if code == 0 else "FAILED"
        job["statusReason"] = "Essential container in task exited"
    finally:
        job["stoppedAt"] = batch._now_ms()
        _ended[job["jobId"]].set()


def _is_import_worker(request: dict[str, Any]) -> bool:
    return bool(request.get("containerOverrides", {}).get("command", ())[:1] == ["imports"])


def _run(job: dict[str, Any], request: dict[str, Any], definition: dict[str, Any], attempt: int) -> int:
    container = definition["containerProperties"]
    overrides = request.get("containerOverrides", {})
    variables = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_VARIABLES)}
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):  # ECS sets neither on a machine with a GPU
        variables.pop(name, None)
    for each in (*container.get("environment", ()), *overrides.get("environment", ())):
        variables[each["name"]] = each["value"]
    variables |= _credentials(container)
    variables |= {"AWS_BATCH_JOB_ID": job["jobId"], "AWS_BATCH_JOB_ATTEMPT": str(attempt)}
    command = overrides.get("command") or container.get("command", [])
    folder = Path("jobs") / job["jobId"]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "output").open("ab") as output:
        process = subprocess.Popen(
            [os.environ["WORKER_PYTHON"], "-m", "functions.worker", *command],
            cwd=os.environ["WORKER_FOLDER"],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    _processes[job["jobId"]] = process
    job["status"] = "RUNNING"
    written = folder / "process"
    written.write_text(json.dumps({"id": process.pid, "command": command}))
    written.rename(folder / f"process-{attempt}")  # atomic: a reader finds the whole file or none
    code = process.wait()
    return _KILLED - code if code < 0 else code


def _credentials(container: dict[str, Any]) -> dict[str, str]:
    """Return credentials of the job's role, made as the emulator makes those of functions."""
    function = f"arn:aws:lambda:{os.environ['AWS_REGION']}:000000000000:function:worker"
    made: dict[str, str] = execution_credentials(
        {"FunctionArn": function, "FunctionName": "worker", "Role": container["jobRoleArn"]}
    )
    return made


def _is_retried(strategy: dict[str, Any], code: int) -> bool:
    """Decide by the first condition that holds. Source: evaluateOnExit in the Batch API reference."""
    for rule in strategy.get("evaluateOnExit", ()):
        wanted = {"onExitCode": str(code), "onReason": "", "onStatusReason": ""}
        if all(fnmatch.fnmatch(said, rule[name]) for name, said in wanted.items() if name in rule):
            return str(rule["action"]).upper() == "RETRY"
    return True


def _name(definition: str) -> str:
    return definition.rsplit("/", 1)[-1].split(":", 1)[0]


def condition_keys(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the condition keys of a request: those of its tags, as the emulator finds them, and those of KMS
    and STS.

    Source: "Condition keys for AWS KMS" and "Condition keys for AWS STS" in their developer guides.
    """
    found: dict[str, Any] = _plain_condition_keys(service, action, body, parameters)
    if service == "kms":
        context = json.loads(body or b"{}").get("EncryptionContext", {})
        found |= {f"kms:EncryptionContext:{name}": value for name, value in context.items()}
        found |= {"kms:EncryptionContextKeys": list(context)} if context else {}
    if service == "sts":
        given = parameters.get("ExternalId")
        found |= {"sts:ExternalId": given[0] if isinstance(given, list) else given} if given else {}
    return found


def needed_action(*request: Any) -> Any:
    """Return the action that a request needs. A batch needs the permission for one message.

    Source: "Actions defined by Amazon SNS" and "... by Amazon SQS", Service Authorization Reference.
    """
    action = _plain_action(*request)
    return _ACTIONS_OF_BATCHES.get(action, action)


_ACTIONS_OF_BATCHES: Final = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
}
_plain_action = iam_actions.extract_iam_action
_plain_condition_keys = iam_actions.request_tag_context
_plain_register = batch._register_job_definition
_plain_submit = batch._submit_job

if __name__ == "__main__":
    plain_origin = app.pin_request_origin
    iam_actions.extract_iam_action = needed_action
    iam_actions.request_tag_context = condition_keys
    app.pin_request_origin = lambda address, _secure: plain_origin(address, True)
    batch._DISPATCH["/v1/registerjobdefinition"] = register
    batch._DISPATCH["/v1/submitjob"] = submit
    batch._DISPATCH["/v1/terminatejob"] = terminate
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::batch:submitJob"] = submit_and_wait
    app.main()
