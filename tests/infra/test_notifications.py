"""From the table's stream to webhooks: filter, topic, queues, schedule, and what each function may do."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from infra.configuration import Configuration
from infra.constructs.due_work import SWEEP_MINUTES
from infra.environment import PREFIX
from infra.permissions import SECRET_CONTEXT
from infra.permissions_table import role_statements
from shared.adapters.aws.event_feed.dispatcher import EVENT_TYPE, new_event
from shared.adapters.aws.event_feed.queues import TITLES
from shared.domain import keys
from shared.domain.connectors.credentials import ROLE_PREFIX
from shared.domain.events.catalogue import WEBHOOK_EVENTS
from shared.domain.events.types import EventType
from shared.services.alerts.run_alerts import FINISHED
from shared.services.automations.import_runs import ENDS
from shared.services.automations.run_exports import ENDS_OF_EXPORTS, ENDS_OF_RUNS
from shared.services.maintenance.due_sweep import FRESH
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, properties, resources
from tests.infra.test_permissions import holders, roles_allowed
from tests.infra.test_processing import queue


def mapping(template: Template, function: str) -> dict[str, Any]:
    """Return the event source of a function."""
    (found,) = (
        each
        for each in properties(template, "AWS::Lambda::EventSourceMapping")
        if each["FunctionName"]["Ref"] == function_id(template, function)
    )
    return found


def function_id(template: Template, name: str) -> str:
    (found,) = (
        logical
        for logical, each in resources(template, "AWS::Lambda::Function").items()
        if each["Properties"]["FunctionName"] == f"videovector-server-{name}"
    )
    return found


def test_stream_carries_new_images(data: Template) -> None:
    name, table = only_resource(data, "AWS::DynamoDB::GlobalTable")
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    exported = {each["Export"]["Name"]: each["Value"] for each in data["Outputs"].values()}
    assert exported["videovector-server-RecordsStream"] == {"Fn::GetAtt": [name, "StreamArn"]}


def test_dispatcher_is_called_for_new_events_only(stacks: Mapping[str, Template]) -> None:
    source = mapping(stacks["processing"], "events-dispatcher")
    assert source["EventSourceArn"] == {"Fn::ImportValue": "videovector-server-RecordsStream"}
    (pattern,) = source["FilterCriteria"]["Filters"]
    event = keys.event("anna", "evt_01J00000000000000000000001")
    found = json.loads(pattern["Pattern"])
    assert found["eventName"] == ["INSERT"]
    (suffix,) = found["dynamodb"]["Keys"]["partition"]["S"]
    assert event.partition.endswith(suffix["suffix"])
    body = {"S": json.dumps({"event_type": "media.created"})}
    image = {"partition": {"S": event.partition}, "sort": {"S": event.sort}}
    record = {
        "eventName": "INSERT",
        "dynamodb": {"Keys": image, "NewImage": {**image, "version": {"N": "1"}, "body": body}},
    }
    reference = new_event(record)
    assert reference is not None
    assert (reference.tenant_id, reference.event_type, reference.key) == ("anna", "media.created", event)


def test_undispatched_events_are_retried_then_kept(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    source = mapping(template, "events-dispatcher")
    dead, _ = queue(template, "events-dead-letters")
    assert source["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [dead, "Arn"]}}}
    assert source["BisectBatchOnFunctionError"] is True
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert 3600 <= source["MaximumRecordAgeInSeconds"] <= 23 * 3600  # DynamoDB keeps records for 24 hours


def subscription_of(template: Template, title: str) -> dict[str, Any]:
    """Return the subscription of a queue to the topic of events."""
    name, _ = queue(template, title)
    (found,) = (
        each
        for each in properties(template, "AWS::SNS::Subscription")
        if each["Endpoint"] == {"Fn::GetAtt": [name, "Arn"]}
    )
    return found


@pytest.mark.parametrize("title", ["webhook-events", "finished-runs", "ended-imports", "export-automations"])
def test_consumer_has_queue_of_topic_with_dead_letters(stacks: Mapping[str, Template], title: str) -> None:
    template = stacks["processing"]
    topic, _ = only_resource(template, "AWS::SNS::Topic")
    _, events = queue(template, title)
    dead, _ = queue(template, f"{title}-dead-letters")
    target = {"Fn::GetAtt": [dead, "Arn"]}
    subscription = subscription_of(template, title)
    assert subscription["TopicArn"] == {"Ref": topic}
    assert subscription["RawMessageDelivery"] is True
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": target}
    assert events["RedrivePolicy"] == {"deadLetterTargetArn": target, "maxReceiveCount": 5}


def test_fan_out_gets_only_events_for_webhooks(stacks: Mapping[str, Template]) -> None:
    subscription = subscription_of(stacks["processing"], "webhook-events")
    (excluded,) = subscription["FilterPolicy"][EVENT_TYPE]
    assert set(excluded["anything-but"]) == set(EventType).difference(WEBHOOK_EVENTS)


def test_alerts_get_only_ends_of_runs_that_leave_results(stacks: Mapping[str, Template]) -> None:
    subscription = subscription_of(stacks["processing"], "finished-runs")
    assert set(subscription["FilterPolicy"][EVENT_TYPE]) == set(FINISHED)


def test_automations_get_only_ends_of_imports(stacks: Mapping[str, Template]) -> None:
    subscription = subscription_of(stacks["processing"], "ended-imports")
    assert set(subscription["FilterPolicy"][EVENT_TYPE]) == set(ENDS)


def test_export_automations_get_ends_of_runs_and_of_exports(stacks: Mapping[str, Template]) -> None:
    subscription = subscription_of(stacks["processing"], "export-automations")
    assert set(subscription["FilterPolicy"][EVENT_TYPE]) == ENDS_OF_RUNS | ENDS_OF_EXPORTS


def test_alerts_check_one_run_a_call(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    source = mapping(template, "events-saved-search-alerts")
    name, found = queue(template, "finished-runs")
    assert source["EventSourceArn"] == {"Fn::GetAtt": [name, "Arn"]}
    assert (source["BatchSize"], source["ScalingConfig"]) == (1, {"MaximumConcurrency": 5})
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    timeout = template["Resources"][source["FunctionName"]["Ref"]]["Properties"]["Timeout"]
    assert found["VisibilityTimeout"] >= 6 * timeout


def test_alerts_search_and_embed_and_send_nothing(stacks: Mapping[str, Template]) -> None:
    found = holders(stacks)["events-saved-search-alerts"]
    actions = {action for row in found.rows for action in row.actions}
    assert {"lambda:InvokeFunction", "es:ESHttpPost"} <= actions
    assert not {action for action in actions if action.startswith(("sqs:Send", "states:", "s3:"))}


def test_topic_may_send_to_its_queues(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    topic, _ = only_resource(template, "AWS::SNS::Topic")
    consumers = ("webhook-events", "finished-runs", "ended-imports", "export-automations")
    for title in (*consumers, *(f"{consumer}-dead-letters" for consumer in consumers)):
        name, _ = queue(template, title)
        (policy,) = (
            each["PolicyDocument"]["Statement"]
            for each in properties(template, "AWS::SQS::QueuePolicy")
            if each["Queues"] == [{"Ref": name}]
        )
        (allowed,) = (each for each in policy if each["Effect"] == "Allow")
        assert allowed["Principal"] == {"Service": "sns.amazonaws.com"}
        assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": topic}}}


def test_event_topic_is_encrypted_and_requires_tls(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    _, topic = only_resource(template, "AWS::SNS::Topic")
    assert topic["KmsMasterKeyId"] == {"Fn::ImportValue": "videovector-server-EncryptionKey"}
    _, policy = only_resource(template, "AWS::SNS::TopicPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_queues_call_functions_within_limits_of_size(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates, limit in ((stacks, 5), (standard, 50)):
        template = templates["processing"]
        for function, title in (
            ("events-webhook-fan-out", "webhook-events"),
            ("events-due-work", "due-work"),
        ):
            source = mapping(template, function)
            name, found = queue(template, title)
            assert source["EventSourceArn"] == {"Fn::GetAtt": [name, "Arn"]}
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert source["ScalingConfig"] == {"MaximumConcurrency": limit}
            timeout = template["Resources"][source["FunctionName"]["Ref"]]["Properties"]["Timeout"]
            assert found["VisibilityTimeout"] >= 6 * timeout


def test_sweeper_runs_more_often_than_its_horizon(stacks: Mapping[str, Template]) -> None:
    template = stacks["processing"]
    (rule,) = (
        each
        for each in properties(template, "AWS::Events::Rule")
        if each["Name"] == "videovector-server-sweep-due-work"
    )
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert FRESH.total_seconds() > SWEEP_MINUTES * 60
    dead, _ = queue(template, "sweeps-dead-letters")
    assert rule["Targets"][0]["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [dead, "Arn"]}


def test_only_dispatcher_reads_stream_and_publishes(stacks: Mapping[str, Template]) -> None:
    assert roles_allowed(stacks, "dynamodb:GetRecords") == {"events-dispatcher"}
    assert roles_allowed(stacks, "sns:Publish") == {"events-dispatcher"}
    actions = {action for row in holders(stacks)["events-dispatcher"].rows for action in row.actions}
    assert not {action for action in actions if action.startswith(("dynamodb:Update", "dynamodb:Delete"))}
    assert "dynamodb:GetItem" not in actions


def test_only_senders_of_work_reach_its_queue(stacks: Mapping[str, Template]) -> None:
    assert roles_allowed(stacks, "sqs:SendMessage", ":videovector-server-due-work") == {
        "api-automations",
        "api-webhooks",
        "events-due-sweeper",
        "events-due-work",
        "events-object-announcements",
        "events-webhook-fan-out",
    }


def test_only_users_of_secrets_use_key_directly(stacks: Mapping[str, Template]) -> None:
    sealing: set[str] = set()
    reading: set[str] = set()
    for template in stacks.values():
        for role in resources(template, "AWS::IAM::Role"):
            for statement in role_statements(template, role):
                if statement.get("Sid") in ("SealSecrets", "ReadSecrets"):
                    assert statement["Resource"] == {"Fn::ImportValue": "videovector-server-EncryptionKey"}
                    assert statement["Condition"] == {
                        "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": list(SECRET_CONTEXT)},
                        "Null": {"kms:EncryptionContext:tenant": "false"},
                    }
                    (sealing if statement["Sid"] == "SealSecrets" else reading).add(role)
    assert len(sealing) == 2
    assert any(role.startswith("ApiWebhooks") for role in sealing)
    assert any(role.startswith("ApiConnectors") for role in sealing)
    assert any(role.startswith("EventsDueWork") for role in reading)


def test_roles_of_users_are_assumed_with_external_id_only(stacks: Mapping[str, Template]) -> None:
    found = [
        statement
        for template in stacks.values()
        for role in resources(template, "AWS::IAM::Role")
        for statement in role_statements(template, role)
        if statement.get("Sid") == "AssumeRoles"
    ]
    assert len(found) == 4  # the functions of connectors, of listings and of due work, and the worker
    for statement in found:
        assert statement["Resource"]["Fn::Join"][1][-1] == f":iam::*:role/{ROLE_PREFIX}*"
        assert statement["Condition"] == {"Null": {"sts:ExternalId": "false"}}
    assert not [name for name in holders(stacks) if name.startswith(ROLE_PREFIX)]


def test_operators_addresses_reach_their_users_only(synthesise_all: SynthesiseAll) -> None:
    chosen = {
        "webhook_hosts": "hooks.example.net:8080",
        "s3_endpoints": "https://minio.example.net:9000",
        "s3_base_url": "https://s3.example.net",
        "gcs_base_url": "https://gcs.example.net",
        "azure_endpoint": "https://blob.example.net",
        "azure_authority_host": "https://login.example.net",
    }
    templates = synthesise_all(**chosen)
    found: dict[str, set[str]] = {}
    for title in ("api", "processing"):
        for function in properties(templates[title], "AWS::Lambda::Function"):
            for name, value in function["Environment"]["Variables"].items():
                if value in chosen.values():
                    found.setdefault(name, set()).add(function["FunctionName"])
    webhooks = found.pop(f"{PREFIX}WEBHOOK_HOSTS")
    assert webhooks == {"videovector-server-api-webhooks", "videovector-server-events-due-work"}
    assert set(found) == {f"{PREFIX}{name.upper()}" for name in chosen if name != "webhook_hosts"}
    opening = {"api-connectors", "events-due-work", "events-import-listing"}
    assert all(
        functions == {f"videovector-server-{each}" for each in opening} for functions in found.values()
    )
    (worker,) = properties(templates["compute"], "AWS::Batch::JobDefinition")
    variables = {each["Name"]: each["Value"] for each in worker["ContainerProperties"]["Environment"]}
    for name in found:
        assert variables[name] == chosen[name.removeprefix(PREFIX).lower()]


@pytest.mark.parametrize(
    ("choice", "value"),
    [("webhook_hosts", "http://a.example"), ("webhook_hosts", "a b"), ("s3_endpoints", "minio.example")],
)
def test_invalid_addresses_of_operator_are_refused(choice: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Configuration.read({choice: value}.get)


def test_move_looks_at_the_queue_of_each_consumer_of_events(stacks: Mapping[str, Template]) -> None:
    subscribed = {
        each["Endpoint"]["Fn::GetAtt"][0]
        for each in properties(stacks["processing"], "AWS::SNS::Subscription")
    }
    assert subscribed == {queue(stacks["processing"], title)[0] for title in TITLES}
