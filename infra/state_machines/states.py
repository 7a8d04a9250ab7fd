"""The states that several workflows have, in JSONata.

Every machine begins with ``accept``, which keeps its input as the variable ``$job``: ids only, so no
state comes near the limit of 256 KiB.
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
        "ErrorEquals": ["Lambda.TooManyRequestsException"],
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
"""Only a busy service, whose throttling comes as ``AWSBatchException``: workflows that others run at scale
wait for that name. A job that failed was tried again by Batch itself, by its exit code."""


def jsonata(expression: str) -> str:
    return f"{{% {expression} %}}"


JOB: Final = jsonata("$job")
JOB_WITH_ERROR: Final = jsonata("$merge([$job, {'error': $states.errorOutput}])")


def accept(following: str) -> State:
    return {"Type": "Pass", "Assign": {"job": jsonata("$states.input")}, "Next": following}


def step(
    function: str,
    following: str | None,
    *,
    payload: Any = JOB,
    output: Any = None,
    on_failure: State | None = None,
) -> State:
    """A Lambda task; ``output`` is its answer, unless another one is given."""
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
    """A Batch job that is waited for. ``name`` and ``command`` may hold JSONata."""
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
    return {"ErrorEquals": ["States.ALL"], "Output": output, "Next": following}


def option(name: str, argument: str) -> str:
    """An option of the worker with one of the job's own ids, in JSONata.

    One word: tenants and request ids are named by clients, and may begin like an option themselves.
    """
    return jsonata(f"'--{name}=' & $job.arguments.{argument}")


REQUEST_ID: Final = jsonata("'--request-id=' & ($exists($job.request_id) ? $job.request_id : '')")


def ending(complete: str, give_up: str) -> dict[str, State]:
    """What all workflows end with: the job's record goes, or the failure has a name."""
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
    """One that takes longer than ``hours`` is ended; the sweeper then finds its job and starts it again."""
    return {
        "Comment": comment,
        "QueryLanguage": QUERY_LANGUAGE,
        "TimeoutSeconds": hours * 3600,
        "StartAt": "Accept",
        "States": {"Accept": accept(start), **states},
    }


def _then(state: State, following: str | None) -> State:
    return state | ({"End": True} if following is None else {"Next": following})
