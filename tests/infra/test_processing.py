"""Processing stack: triggers, queues, dead-letter queues and state machines."""

import json
from collections.abc import Mapping
from typing import Any

from infra.state_machines import DEFINITIONS
from shared.domain import blob_keys
from shared.domain.imports.batch import MAX_BATCH_FILES
from shared.runtime.queued.queue_worker import HOLD_SECONDS
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties, resources


def queue(template: Template, title: str) -> tuple[str, dict[str, Any]]:
    """Return logical id and properties of a queue."""
    ((name, found),) = (
        (name, each["Properties"])
        for name, each in resources(template, "AWS::SQS::Queue").items()
        if each["Properties"]["QueueName"] == f"videovector-server-{title}"
    )
    return name, found


def test_uploaded_object_reaches_function_through_queue(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    name, uploads = queue(template, "uploads")
    arn = {"Fn::GetAtt": [name, "Arn"]}
    (rule,) = (each for each in properties(template, "AWS::Events::Rule") if "EventPattern" in each)
    pattern = rule["EventPattern"]
    assert pattern["source"] == ["aws.s3"]
    assert pattern["detail-type"] == ["Object Created"]
    assert pattern["detail"]["bucket"] == {"name": [{"Fn::ImportValue": "videovector-server-MediaBucket"}]}
    prefixes = [each["prefix"] for each in pattern["detail"]["object"]["key"]]
    assert prefixes == ["drop/", "imports/"]
    assert blob_keys.import_source("t", "job", "file").startswith(prefixes[1])
    assert [target["Arn"] for target in rule["Targets"]] == [arn]

    (mapping,) = (
        each
        for each in properties(template, "AWS::Lambda::EventSourceMapping")
        if each["EventSourceArn"] == arn
    )
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    function = template["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
    assert function["Handler"] == "functions.events.uploads.handler.handler"
    assert uploads["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_unprocessed_events_go_to_dead_letter_queues(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    dead, _ = queue(template, "uploads-dead-letters")
    redrive = queue(template, "uploads")[1]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == 5
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}
    (sweep,) = (
        each
        for each in properties(template, "AWS::Events::Rule")
        if each.get("ScheduleExpression") == "rate(5 minutes)"
    )
    sweeps, _ = queue(template, "sweeps-dead-letters")
    assert sweep["Targets"][0]["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [sweeps, "Arn"]}


def test_listing_is_called_for_one_store_at_a_time(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    name, listings = queue(template, "import-listings")
    (mapping,) = (
        each
        for each in properties(template, "AWS::Lambda::EventSourceMapping")
        if each["EventSourceArn"] == {"Fn::GetAtt": [name, "Arn"]}
    )
    assert mapping["BatchSize"] == 1
    function = template["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
    assert function["Handler"] == "functions.events.import_listing.handler.handler"
    assert listings["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_batch_of_dead_worker_is_free_when_its_message_returns(stacks: Mapping[str, Template]) -> None:
    _, batches = queue(stacks["processing"], "import-batches")
    assert batches["VisibilityTimeout"] > HOLD_SECONDS
    for title in ("import-batches", "import-listings"):
        dead, _ = queue(stacks["processing"], f"{title}-dead-letters")
        redrive = queue(stacks["processing"], title)[1]["RedrivePolicy"]
        assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}


def test_batch_may_take_a_turn_for_each_of_its_files(stacks: Mapping[str, Template]) -> None:
    redrive = queue(stacks["processing"], "import-batches")[1]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] >= MAX_BATCH_FILES + 25


def test_objects_of_chosen_buckets_reach_automations(synthesise_all: SynthesiseAll) -> None:
    template = synthesise_all(watched_buckets="films,sounds")["processing"]
    (rule,) = (
        each
        for each in properties(template, "AWS::Events::Rule")
        if each["Name"] == "videovector-server-object-announced"
    )
    assert rule["EventPattern"]["detail"] == {"bucket": {"name": ["films", "sounds"]}}
    name, _ = queue(template, "announced-objects")
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": [name, "Arn"]}]


def test_queues_are_encrypted_and_require_tls(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    queues = resources(template, "AWS::SQS::Queue")
    assert len(queues) == 18
    assert all(each["Properties"]["SqsManagedSseEnabled"] for each in queues.values())
    protected = {
        each["Queues"][0]["Ref"]
        for each in properties(template, "AWS::SQS::QueuePolicy")
        if any(
            statement["Effect"] == "Deny"
            and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in each["PolicyDocument"]["Statement"]
        )
    }
    assert protected == set(queues)


def test_workflows_are_named_logged_and_traced(
    stacks: Mapping[str, Template],
) -> None:
    machines = properties(stacks["processing"], "AWS::StepFunctions::StateMachine")
    names = {f"videovector-server-{workflow.replace('_', '-')}" for workflow in DEFINITIONS}
    assert {each["StateMachineName"] for each in machines} == names
    assert all(each["TracingConfiguration"] == {"Enabled": True} for each in machines)
    assert all(each["LoggingConfiguration"]["Level"] == "ALL" for each in machines)


def test_emulated_stacks_need_no_batch(emulated: Mapping[str, Template]) -> None:
    for title, template in emulated.items():
        assert not [each for each in template["Resources"].values() if "Batch" in each["Type"]], title
        assert "compute" not in json.dumps(template), title


def test_whole_run_steps_have_memory_and_time_for_large_runs(
    stacks: Mapping[str, Template],
) -> None:
    """Planning a run over 50,000 media takes 2,500 transactions; a medium's state takes up to 11 KiB."""
    found = {
        function["FunctionName"].removeprefix("videovector-server-"): (
            function["MemorySize"],
            function["Timeout"],
        )
        for function in properties(stacks["processing"], "AWS::Lambda::Function")
        if "FunctionName" in function
    }
    for step in ("plan", "begin-shard", "shard-failed", "finish", "give-up"):
        memory, seconds = found[f"pipeline-{step}"]
        assert (memory >= 1024, seconds) == (True, 900), step
