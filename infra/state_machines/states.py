"""States that workflows share, in JSONata.

Every state machine begins with ``accept``, which assigns the input to the variable ``$job``. The input
contains only ids, so every state stays far below the payload limit of 256 KiB.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

State = dict[str, Any]

QUERY_LANGUAGE: Final = "JSONata"

_LAMBDA_RETRIES: Final = [
    {"ErrorEquals": ["ValidationError"], "MaxAttempts": 0},
    {
        "ErrorEquals": ["Unavailable"],
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": 6,
        "JitterStrategy": "FULL",
    },
    {
        "ErrorEquals": ["VersionConflict"],
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxAttempts": 4,
        "JitterStrategy": "FULL",
    },
    {
        "ErrorEquals": [
            "Lambda.TooManyRequestsException",
            "Lambda.SnapStartNotReadyException",
            "Lambda.SnapStartTimeoutException",
        ],
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": 8,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": 3,
        "JitterStrategy": "FULL",
    },
]

_BATCH_RETRIES: Final = [
    {
        "ErrorEquals": ["Batch.ServerException", "Batch.AWSBatchException", "Batch.TooManyRequestsException"],
        "IntervalSeconds": 5,
        "BackoffRate": 2,
        "MaxAttempts": 6,
        "MaxDelaySeconds": 120,
        "JitterStrategy": "FULL",
    },
]
"""Retries of errors of the Batch service only. Throttling appears as ``AWSBatchException``, the name that
other large-scale workflows retry. Batch itself retries failed jobs, depending on their exit code."""


def jsonata(expression: str) -> str:
    """Delimit a JSONata expression."""
    return f"{{% {expression} %}}"


JOB: Final = jsonata("$job")
JOB_WITH_ERROR: Final = jsonata("$merge([$job, {'error': $states.errorOutput}])")


def accept(following: str) -> State:
    """Define the first state, which assigns the input to ``$job``."""
    return {"Type": "Pass", "Assign": {"job": jsonata("$states.input")}, "Next": following}


def step(
    function: str,
    following: str | None,
    *,
    payload: Any = JOB,
    output: Any = None,
    on_failure: State | None = None,
) -> State:
    """Define a Lambda task. ``output`` defaults to the function's result."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload},
        "Output": jsonata("$states.result.Payload") if output is None else output,
        "Retry": _LAMBDA_RETRIES,
    }
    if on_failure is not None:
        state["Catch"] = [on_failure]
    return _then(state, following)


def worker(
    queue: str,
    definition: str,
    name: str,
    command: Sequence[str],
    following: str | None,
    *,
    on_failure: State,
    output: Any = JOB,
) -> State:
    """Define a task that runs a Batch job and waits for it. ``name`` and ``command`` may contain JSONata."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::batch:submitJob.sync",
        "Arguments": {
            "JobName": name,
            "JobQueue": queue,
            "JobDefinition": definition,
            "ContainerOverrides": {"Command": list(command)},
        },
        "Output": output,
        "Retry": _BATCH_RETRIES,
        "Catch": [on_failure],
    }
    return _then(state, following)


def caught(following: str, *, output: str = JOB_WITH_ERROR) -> State:
    """Define a catcher of all errors."""
    return {"ErrorEquals": ["States.ALL"], "Output": output, "Next": following}


def option(name: str, argument: str) -> str:
    """Define a worker option whose value is one of the job's ids, in JSONata.

    Option and value form one word, because clients choose tenant and request ids, which may start with
    ``--``.
    """
    return jsonata(f"'--{name}=' & $job.arguments.{argument}")


REQUEST_ID: Final = jsonata("'--request-id=' & ($exists($job.request_id) ? $job.request_id : '')")


def ending(complete: str, give_up: str) -> dict[str, State]:
    """Define the final states of every workflow: delete the job's record, or record the failure."""
    return {
        "Complete": step(complete, None, on_failure=caught("GiveUp")),
        "GiveUp": step(give_up, "Failed", payload=jsonata("$states.input")),
        "Failed": {
            "Type": "Fail",
            "Error": jsonata("$states.input.error"),
            "Cause": jsonata("$states.input.cause"),
        },
    }


def machine(comment: str, start: str, states: Mapping[str, State], *, hours: int) -> State:
    """Define a state machine whose executions time out after ``hours``.

    The sweeper finds the job of an execution that timed out and starts it again.
    """
    return {
        "Comment": comment,
        "QueryLanguage": QUERY_LANGUAGE,
        "TimeoutSeconds": hours * 3600,
        "StartAt": "Accept",
        "States": {"Accept": accept(start), **states},
    }


def _then(state: State, following: str | None) -> State:
    return state | ({"End": True} if following is None else {"Next": following})
