"""No event is lost silently: every rule, queue, schedule and asynchronous invocation has a dead-letter queue,
and every dead-letter queue an alarm.

The tests walk all templates, so that they also cover resources that are added later.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.intrinsics import as_text
from infra.permissions_table import role_statements
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.deployments.choices import CHOICES
from tests.infra.templates import properties, resources


@pytest.fixture(params=CHOICES)
def templates(request: pytest.FixtureRequest, synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    return synthesise_all(**CHOICES[request.param])


def _queue_arns(template: Template) -> dict[str, str]:
    """Return the logical ids of all queues by ARN, as text."""
    return {as_text({"Fn::GetAtt": [name, "Arn"]}): name for name in resources(template, "AWS::SQS::Queue")}


def _dead_letter_target(target: Mapping[str, Any]) -> str:
    return as_text(target.get("DeadLetterConfig", {}).get("Arn", ""))


def _targets(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each target of a rule or schedule with the logical id of its rule or schedule."""
    for name, rule in resources(template, "AWS::Events::Rule").items():
        for target in rule["Properties"]["Targets"]:
            yield name, target
    for name, schedule in resources(template, "AWS::Scheduler::Schedule").items():
        yield name, schedule["Properties"]["Target"]


def _dead_letter_queues(template: Template) -> set[str]:
    """Return the ARNs that something in the template names as its dead-letter queue."""
    redrives = [
        each["RedrivePolicy"] for each in properties(template, "AWS::SQS::Queue") if "RedrivePolicy" in each
    ]
    failed = [
        each["DestinationConfig"]
        for kind in ("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping")
        for each in properties(template, kind)
        if "DestinationConfig" in each
    ]
    subscribed = [
        each["RedrivePolicy"]
        for each in properties(template, "AWS::SNS::Subscription")
        if "RedrivePolicy" in each
    ]
    return {
        *(_dead_letter_target(target) for _, target in _targets(template)),
        *(as_text(each["deadLetterTargetArn"]) for each in (*redrives, *subscribed)),
        *(as_text(each["OnFailure"]["Destination"]) for each in failed),
    }


def test_every_rule_and_schedule_has_dead_letter_queue(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        queues = _queue_arns(template)
        for name, target in _targets(template):
            assert _dead_letter_target(target) in queues, name


def test_eventbridge_may_write_to_each_dead_letter_queue(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        allowed = {
            as_text(statement["Resource"])
            for policy in properties(template, "AWS::SQS::QueuePolicy")
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow"
            and statement["Principal"] == {"Service": "events.amazonaws.com"}
        }
        for name, target in _targets(template):
            assert _dead_letter_target(target) in allowed, name


def test_every_queue_has_or_is_dead_letter_queue(templates: Mapping[str, Template]) -> None:
    for template in templates.values():
        dead = _dead_letter_queues(template)
        for arn, name in _queue_arns(template).items():
            queue = template["Resources"][name]["Properties"]
            assert ("RedrivePolicy" in queue) != (arn in dead), name


def test_asynchronously_invoked_function_keeps_failed_events(templates: Mapping[str, Template]) -> None:
    """EventBridge's own dead-letter queue takes only events that it cannot hand over to Lambda."""
    for template in templates.values():
        kept = {
            each["FunctionName"]["Ref"]: as_text(each["DestinationConfig"]["OnFailure"]["Destination"])
            for each in properties(template, "AWS::Lambda::EventInvokeConfig")
        }
        invoked = {as_text(target["Arn"]) for _, target in _targets(template)}
        for name, function in resources(template, "AWS::Lambda::Function").items():
            if as_text({"Fn::GetAtt": [name, "Arn"]}) not in invoked:
                continue
            queue = template["Resources"][_queue_arns(template)[kept[name]]]["Properties"]["QueueName"]
            role = function["Properties"]["Role"]["Fn::GetAtt"][0]
            assert any(
                as_text(resource).endswith(f":{queue}")
                for each in role_statements(template, role)
                if "sqs:SendMessage" in each["Action"]
                for resource in _resources_of(each)
            )


def _resources_of(statement: Mapping[str, Any]) -> list[Any]:
    found = statement["Resource"]
    return found if isinstance(found, list) else [found]


def test_no_event_takes_a_way_without_dead_letter_queue(templates: Mapping[str, Template]) -> None:
    """A bucket's own notifications and subscribed functions would each need one."""
    for template in templates.values():
        for bucket in properties(template, "AWS::S3::Bucket"):
            assert set(bucket.get("NotificationConfiguration", ())) <= {"EventBridgeConfiguration"}
        for subscription in properties(template, "AWS::SNS::Subscription"):
            assert subscription["Protocol"] == "email" or "RedrivePolicy" in subscription
        assert not resources(template, "AWS::Pipes::Pipe")


def test_every_dead_letter_queue_has_alarm_to_topic(templates: Mapping[str, Template]) -> None:
    alarmed = {
        each["Dimensions"][0]["Value"]
        for each in properties(templates["observability"], "AWS::CloudWatch::Alarm")
        if each["MetricName"] == "ApproximateNumberOfMessagesVisible" and each["AlarmActions"]
    }
    for template in templates.values():
        queues = _queue_arns(template)
        for arn in _dead_letter_queues(template):
            name = template["Resources"][queues[arn]]["Properties"]["QueueName"]
            assert name in alarmed
