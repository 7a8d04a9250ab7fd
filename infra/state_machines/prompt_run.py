"""Workflow that runs a prompt over media: a Map over shards, each one Batch job with loaded models.

The failure of a shard does not affect the others. The workflow records it in the run.
"""

from infra.state_machines.states import (
    JOB,
    REQUEST_ID,
    State,
    caught,
    ending,
    jsonata,
    machine,
    option,
    step,
    worker,
)
from infra.state_machines.tasks import Tasks

_JOB_AND_SHARD = "$merge([$job, {'shard': $states.input.shard, 'shards': $states.input.shards}])"
_SHARD = jsonata("{'shard': $states.input.shard, 'shards': $states.input.shards}")


def prompt_run(tasks: Tasks) -> State:
    """Define the workflow."""
    states = {
        "Plan": step(tasks.functions["plan"], "Shards", on_failure=caught("GiveUp")),
        "Shards": {
            "Type": "Map",
            "Items": jsonata("$states.input.shards"),
            "MaxConcurrency": tasks.max_concurrent_shards,
            "ItemProcessor": _shard(tasks),
            "Output": JOB,
            "Catch": [caught("GiveUp")],
            "Next": "Finish",
        },
        "Finish": step(tasks.functions["finish"], "Complete", on_failure=caught("GiveUp")),
        **ending(tasks.functions["complete"], tasks.functions["give_up"]),
    }
    return machine("Run a prompt over media.", "Plan", states, hours=14 * 24)


def _shard(tasks: Tasks) -> State:
    command = (
        *("medium", option("tenant", "tenant_id"), option("run", "run_id"), REQUEST_ID),
        *("--shard", jsonata("$string($states.input.shard)")),
        *("--shards", jsonata("$string($states.input.shards)")),
    )
    failed = caught(
        "ShardFailed", output=jsonata(f"$merge([{_JOB_AND_SHARD}, {{'error': $states.errorOutput}}])")
    )
    proceed = "{'proceed': $states.result.Payload.proceed}"
    return {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": "BeginShard",
        "States": {
            "BeginShard": step(
                tasks.functions["begin_shard"],
                "Still wanted?",
                payload=jsonata(_JOB_AND_SHARD),
                output=jsonata(f"$merge([$states.input, {proceed}])"),
                on_failure=failed,
            ),
            "Still wanted?": {
                "Type": "Choice",
                "Choices": [{"Condition": jsonata("$states.input.proceed"), "Next": "Media"}],
                "Default": "Cancelled",
            },
            "Media": worker(
                tasks.job_queue,
                tasks.job_definition,
                jsonata("$job.job_id & '-' & $string($states.input.shard)"),
                command,
                None,
                on_failure=failed,
                output=_SHARD,
            ),
            "ShardFailed": step(
                tasks.functions["shard_failed"],
                None,
                payload=jsonata("$states.input"),
                on_failure=caught("LeftToFinish", output=_SHARD),
            ),
            "Cancelled": {"Type": "Pass", "Output": _SHARD, "End": True},
            "LeftToFinish": {"Type": "Pass", "End": True},
        },
    }
