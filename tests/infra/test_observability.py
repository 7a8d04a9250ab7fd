"""Whatever can fail has an alarm, and every alarm tells somebody."""

import json
from collections.abc import Mapping

from infra.functions import API, FUNCTIONS
from infra.intrinsics import flat
from infra.names import WORKFLOWS
from tests.infra.conftest import Template
from tests.infra.templates import properties, resources, the_only


def alarmed(template: Template, metric: str, dimension: str) -> set[str]:
    return {
        json.dumps(each["Value"])
        for alarm in properties(template, "AWS::CloudWatch::Alarm")
        if alarm["MetricName"] == metric
        for each in alarm["Dimensions"]
        if each["Name"] == dimension
    }


def test_every_function_queue_and_workflow_has_an_alarm(stacks: Mapping[str, Template]) -> None:
    template = stacks["observability"]
    functions = {json.dumps(f"videovector-server-{spec.title}") for spec in FUNCTIONS}
    assert alarmed(template, "Errors", "FunctionName") == functions
    queues = alarmed(template, "ApproximateNumberOfMessagesVisible", "QueueName") | alarmed(
        template, "ApproximateAgeOfOldestMessage", "QueueName"
    )
    made = properties(stacks["processing"], "AWS::SQS::Queue")
    assert queues == {json.dumps(each["QueueName"]) for each in made}
    workflows = alarmed(template, "ExecutionsFailed", "StateMachineArn")
    assert len(workflows) == len(WORKFLOWS)
    for workflow in WORKFLOWS:
        assert any(f':videovector-server-{workflow.replace("_", "-")}"' in each for each in workflows)


def test_a_job_that_fails_and_a_queue_that_is_stuck_are_told(stacks: Mapping[str, Template]) -> None:
    template = stacks["observability"]
    _, rule = the_only(template, "AWS::Events::Rule")
    failed, stuck = rule["EventPattern"]["$or"]
    assert failed["detail"]["status"] == ["FAILED"]
    assert stuck["detail-type"] == ["Batch Job Queue Blocked"]
    for each in (failed, stuck):
        assert each["detail"]["jobQueue"][0]["Fn::Join"][1][-1].endswith(
            ":job-queue/videovector-server-worker"
        )
    assert alarmed(template, "TriggeredRules", "RuleName") == {json.dumps(rule["Name"])}


def test_eventbridge_may_open_a_stream_and_write_what_batch_tells(stacks: Mapping[str, Template]) -> None:
    """It names its rule only when it writes: a condition on the rule would keep it from opening a stream."""
    template = stacks["observability"]
    _, policy = the_only(template, "AWS::Logs::ResourcePolicy")
    _, rule = the_only(template, "AWS::Events::Rule")
    statements = json.loads(flat(policy["PolicyDocument"]))["Statement"]
    by_action = {each["Action"]: each for each in statements}
    assert set(by_action) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert "Condition" not in by_action["logs:CreateLogStream"]
    source = by_action["logs:PutLogEvents"]["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert source.endswith(f":rule/{rule['Name']}")
    for each in statements:
        assert "events.amazonaws.com" in each["Principal"]["Service"]
    (target,) = rule["Targets"]
    name, _ = the_only(template, "AWS::Logs::LogGroup")
    assert flat(target["Arn"]).endswith(f":log-group:<{name}>")


def test_answers_that_fail_are_told_whoever_made_them(stacks: Mapping[str, Template]) -> None:
    """A function that answers 500 has not failed in the eyes of Lambda."""
    (alarm,) = (
        each
        for each in properties(stacks["observability"], "AWS::CloudWatch::Alarm")
        if each["Namespace"] == "AWS/ApiGateway"
    )
    assert (alarm["MetricName"], alarm["Statistic"]) == ("5xx", "Sum")
    assert alarm["Dimensions"] == [
        {"Name": "ApiId", "Value": {"Fn::ImportValue": "videovector-server-ApiId"}}
    ]
    api, _ = the_only(stacks["api"], "AWS::ApiGatewayV2::Api")
    exported = stacks["api"]["Outputs"]["ApiId"]
    assert exported == {"Value": {"Ref": api}, "Export": {"Name": "videovector-server-ApiId"}}


COUNTED: Mapping[tuple[str, frozenset[str]], set[str]] = {
    ("AWS/Lambda", frozenset({"FunctionName"})): {"Errors", "Throttles", "Duration"},
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
"""By namespace and dimensions, as AWS's guides to each service name them (of collection groups: as others use
them). An alarm on anything else would wait for data that never comes."""


def test_every_alarm_looks_at_something_that_is_counted(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates in (stacks, standard):
        for alarm in properties(templates["observability"], "AWS::CloudWatch::Alarm"):
            by = frozenset(each["Name"] for each in alarm["Dimensions"])
            assert alarm["MetricName"] in COUNTED[alarm["Namespace"], by], alarm["AlarmName"]


def test_every_alarm_tells_the_topic_which_is_encrypted(stacks: Mapping[str, Template]) -> None:
    template = stacks["observability"]
    name, topic = the_only(template, "AWS::SNS::Topic")
    assert topic["KmsMasterKeyId"]
    for alarm in properties(template, "AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == [{"Ref": name}]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmDescription"]


def test_the_standard_size_tells_what_is_slow_or_held_back_and_by_mail(
    standard: Mapping[str, Template],
) -> None:
    template = standard["observability"]
    throttled = alarmed(template, "Throttles", "FunctionName")
    assert len(throttled) == len(FUNCTIONS)
    slow = alarmed(template, "Duration", "FunctionName")
    assert len(slow) == len([spec for spec in FUNCTIONS if spec.kind == API])
    assert '"videovector-server-origin-check"' in alarmed(template, "Errors", "FunctionName")
    _, subscription = the_only(template, "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "operator@example.com")


def test_one_dashboard_shows_it_all(stacks: Mapping[str, Template]) -> None:
    _, dashboard = the_only(stacks["observability"], "AWS::CloudWatch::Dashboard")
    body = json.dumps(dashboard["DashboardBody"])
    for spec in FUNCTIONS:
        assert f"videovector-server-{spec.title}" in body
    assert resources(stacks["observability"], "AWS::CloudWatch::Dashboard")
