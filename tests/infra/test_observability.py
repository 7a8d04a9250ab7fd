"""Observability stack: alarms of every component, their topic, and the dashboard."""

import json
from collections.abc import Mapping

from infra.functions import API, FUNCTIONS
from infra.intrinsics import as_text
from infra.names import WORKFLOWS
from tests.infra.conftest import Template
from tests.infra.templates import only_resource, properties, resources


def alarmed(template: Template, metric: str, dimension: str) -> set[str]:
    """Return the values of a dimension in all alarms on a metric."""
    return {
        json.dumps(each["Value"])
        for alarm in properties(template, "AWS::CloudWatch::Alarm")
        if alarm["MetricName"] == metric
        for each in alarm["Dimensions"]
        if each["Name"] == dimension
    }


def test_every_function_queue_and_workflow_has_alarm(stacks: Mapping[str, Template]) -> None:
    template = stacks["observability"]
    functions = {json.dumps(f"videovector-server-{spec.title}") for spec in FUNCTIONS}
    assert alarmed(template, "Errors", "FunctionName") == functions
    queues = alarmed(template, "ApproximateNumberOfMessagesVisible", "QueueName") | alarmed(
        template, "ApproximateAgeOfOldestMessage", "QueueName"
    )
    deployed = [each for stack in stacks.values() for each in properties(stack, "AWS::SQS::Queue")]
    assert queues == {json.dumps(each["QueueName"]) for each in deployed}
    workflows = alarmed(template, "ExecutionsFailed", "StateMachineArn")
    assert len(workflows) == len(WORKFLOWS)
    for workflow in WORKFLOWS:
        assert any(f':videovector-server-{workflow.replace("_", "-")}"' in each for each in workflows)


def test_failed_job_and_blocked_queue_raise_alarm(stacks: Mapping[str, Template]) -> None:
    template = stacks["observability"]
    _, rule = only_resource(template, "AWS::Events::Rule")
    failed, blocked = rule["EventPattern"]["$or"]
    assert failed["detail"]["status"] == ["FAILED"]
    assert blocked["detail-type"] == ["Batch Job Queue Blocked"]
    for each in (failed, blocked):
        assert each["detail"]["jobQueue"][0]["Fn::Join"][1][-1].endswith(
            ":job-queue/videovector-server-worker"
        )
    assert alarmed(template, "TriggeredRules", "RuleName") == {json.dumps(rule["Name"])}


def test_eventbridge_may_write_batch_events_to_log(stacks: Mapping[str, Template]) -> None:
    """EventBridge sends the rule's ARN only with ``PutLogEvents``, so ``CreateLogStream`` has no
    condition."""
    template = stacks["observability"]
    _, policy = only_resource(template, "AWS::Logs::ResourcePolicy")
    _, rule = only_resource(template, "AWS::Events::Rule")
    statements = json.loads(as_text(policy["PolicyDocument"]))["Statement"]
    by_action = {each["Action"]: each for each in statements}
    assert set(by_action) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert "Condition" not in by_action["logs:CreateLogStream"]
    source = by_action["logs:PutLogEvents"]["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert source.endswith(f":rule/{rule['Name']}")
    for each in statements:
        assert "events.amazonaws.com" in each["Principal"]["Service"]
    (target,) = rule["Targets"]
    name, _ = only_resource(template, "AWS::Logs::LogGroup")
    assert as_text(target["Arn"]).endswith(f":log-group:<{name}>")


def test_5xx_alarm_uses_api_gateway_metric(stacks: Mapping[str, Template]) -> None:
    """Lambda does not count a response with status 500 as an error."""
    (alarm,) = (
        each
        for each in properties(stacks["observability"], "AWS::CloudWatch::Alarm")
        if each["Namespace"] == "AWS/ApiGateway"
    )
    assert (alarm["MetricName"], alarm["Statistic"]) == ("5xx", "Sum")
    assert alarm["Dimensions"] == [
        {"Name": "ApiId", "Value": {"Fn::ImportValue": "videovector-server-ApiId"}}
    ]
    api, _ = only_resource(stacks["api"], "AWS::ApiGatewayV2::Api")
    exported = stacks["api"]["Outputs"]["ApiId"]
    assert exported == {"Value": {"Ref": api}, "Export": {"Name": "videovector-server-ApiId"}}


DOCUMENTED_METRICS: Mapping[tuple[str, frozenset[str]], set[str]] = {
    ("AWS/Lambda", frozenset({"FunctionName"})): {"Errors", "Throttles", "Duration", "IteratorAge"},
    ("VideoVectorServer", frozenset({"service"})): {"WebhooksDisabled", "OldestOverdueWork"},
    ("AWS/SQS", frozenset({"QueueName"})): {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
    },
    ("AWS/States", frozenset({"StateMachineArn"})): {"ExecutionsFailed", "ExecutionsTimedOut"},
    ("AWS/Events", frozenset({"RuleName"})): {"TriggeredRules"},
    ("AWS/ApiGateway", frozenset({"ApiId"})): {"5xx"},
    ("AWS/ES", frozenset({"ClientId", "DomainName"})): {
        "FreeStorageSpace",
        "JVMMemoryPressure",
        "ClusterStatus.red",
        "ClusterIndexWritesBlocked",
        "CPUUtilization",
    },
    ("AWS/AOSS", frozenset({"ClientId", "CollectionId", "CollectionName"})): {
        "5xx",
        "IngestionRequestErrors",
    },
    ("AWS/AOSS", frozenset({"ClientId", "CollectionGroupId", "CollectionGroupName"})): {
        "SearchOCU",
        "IndexingOCU",
    },
}
"""Metrics by namespace and dimensions, from AWS's guides to each service; those of collection groups are
taken from third-party usage. An alarm on any other metric would never receive data."""


def test_every_alarm_uses_documented_metric(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates in (stacks, standard):
        for alarm in properties(templates["observability"], "AWS::CloudWatch::Alarm"):
            dimensions = frozenset(each["Name"] for each in alarm["Dimensions"])
            assert alarm["MetricName"] in DOCUMENTED_METRICS[alarm["Namespace"], dimensions], alarm[
                "AlarmName"
            ]


def test_every_alarm_notifies_encrypted_topic(stacks: Mapping[str, Template]) -> None:
    template = stacks["observability"]
    name, topic = only_resource(template, "AWS::SNS::Topic")
    assert topic["KmsMasterKeyId"]
    for alarm in properties(template, "AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == [{"Ref": name}]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmDescription"]


def test_standard_size_has_performance_alarms_and_email(
    standard: Mapping[str, Template],
) -> None:
    template = standard["observability"]
    throttled = alarmed(template, "Throttles", "FunctionName")
    assert len(throttled) == len(FUNCTIONS)
    slow = alarmed(template, "Duration", "FunctionName")
    assert len(slow) == len([spec for spec in FUNCTIONS if spec.kind == API])
    assert '"videovector-server-origin-check"' in alarmed(template, "Errors", "FunctionName")
    _, subscription = only_resource(template, "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "operator@example.com")


def test_dashboard_shows_every_function(stacks: Mapping[str, Template]) -> None:
    _, dashboard = only_resource(stacks["observability"], "AWS::CloudWatch::Dashboard")
    body = json.dumps(dashboard["DashboardBody"])
    for spec in FUNCTIONS:
        assert f"videovector-server-{spec.title}" in body
    assert resources(stacks["observability"], "AWS::CloudWatch::Dashboard")
