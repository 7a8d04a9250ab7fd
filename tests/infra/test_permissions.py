"""No function can do more than it needs, as the synthesised policies say."""

from collections.abc import Mapping
from typing import Any

from infra.permissions import KEY_PARTITIONS
from infra.permissions_table import CHOICES, DOCUMENT, RoleUser, document, role_users
from shared.domain import keys
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties, resources

_ANYTHING = {
    "batch:DescribeJobs",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
"""Actions that AWS cannot restrict to a resource."""


def users(stacks: Mapping[str, Template]) -> dict[str, RoleUser]:
    found = [user for template in stacks.values() for user in role_users(template)]
    return {user.name.removeprefix("videovector-server-"): user for user in found}


def who_may(stacks: Mapping[str, Template], action: str, resource: str = "") -> set[str]:
    return {
        name
        for name, user in users(stacks).items()
        for row in user.rows
        if action in row.actions and any(resource in each for each in row.resources)
    }


def test_the_document_is_what_the_templates_say(synthesise_all: SynthesiseAll) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(synthesise_all(**CHOICES).values()), (
        "run python -m infra.permissions_table"
    )


def test_no_action_is_a_wildcard_and_no_resource_is_everything(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for user in (*users(stacks).values(), *users(standard).values()):
        for row in user.rows:
            assert not [action for action in row.actions if "*" in action]
            assert "*" not in row.resources or set(row.actions) <= _ANYTHING, user.name


def test_every_role_is_one_users_and_has_only_the_policy_that_the_document_shows(
    stacks: Mapping[str, Template],
) -> None:
    for title in ("api", "processing"):
        roles = resources(stacks[title], "AWS::IAM::Role")
        used = [each["Role"]["Fn::GetAtt"][0] for each in properties(stacks[title], "AWS::Lambda::Function")]
        assert len(set(used)) == len(used)
        assert not [role for role in roles.values() if role["Properties"].get("ManagedPolicyArns")]
        assert not [role for role in roles.values() if role["Properties"].get("Policies")]


def test_only_these_start_workflows(stacks: Mapping[str, Template]) -> None:
    def starters(workflow: str) -> set[str]:
        return who_may(stacks, "states:StartExecution", f"stateMachine:videovector-server-{workflow}")

    assert starters("ingest") == {
        "api-videos",
        "api-uploads",
        "api-workflow",
        "events-uploads",
        "events-job-sweeper",
    }
    assert starters("prompt-run") == {"api-prompt-runs", "api-workflow", "events-job-sweeper"}
    assert starters("segment-retry") == {"api-prompt-runs", "events-job-sweeper"}
    assert starters("deletion") == {"api-deletions", "events-job-sweeper"}


def test_only_these_delete_media(stacks: Mapping[str, Template]) -> None:
    assert who_may(stacks, "s3:DeleteObject", "/media/*") == {
        "worker",
        "pipeline-deletion",
        "pipeline-give-up",
        "events-job-sweeper",
    }


def test_only_these_write_documents_and_the_worker_alone_replaces_an_index(
    stacks: Mapping[str, Template],
) -> None:
    assert who_may(stacks, "es:ESHttpPost", "_bulk") == {"worker"}
    assert who_may(stacks, "es:ESHttpPost", "_delete_by_query") == {"worker", "pipeline-deletion"}
    assert who_may(stacks, "es:ESHttpPost", "_search") == {"worker", "api-search", "api-workflow"}
    assert who_may(stacks, "es:ESHttpDelete") == {"worker"}
    assert who_may(stacks, "es:ESHttpPost", "_aliases") == {"worker"}


def test_a_resource_that_only_reads_can_write_nothing_but_when_a_key_was_used(
    stacks: Mapping[str, Template],
) -> None:
    found = users(stacks)
    assert keys.api_key("0").partition.startswith(KEY_PARTITIONS.removesuffix("*"))
    for name in ("auth", "playground", "import-jobs", "search"):
        writes = [row for row in found[f"api-{name}"].rows if "dynamodb:UpdateItem" in row.actions]
        assert [row.condition for row in writes] == [f"dynamodb:LeadingKeys like {KEY_PARTITIONS}"]
        assert f"api-{name}" not in who_may(stacks, "dynamodb:DeleteItem")


def test_queries_are_embedded_by_a_function_that_may_do_nothing_else(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for sized, end in ((stacks, "models-query-embedding"), (standard, "models-query-embedding:live")):
        assert users(sized)["models-query-embedding"].rows == []
        askers = who_may(sized, "lambda:InvokeFunction", "models-query-embedding")
        assert askers == {"api-search", "api-workflow"}
        for name in askers:
            (row,) = [row for row in users(sized)[name].rows if "lambda:InvokeFunction" in row.actions]
            (resource,) = row.resources
            assert resource.endswith(f":videovector-server-{end}")


def test_nobody_scans_and_nobody_changes_the_table(stacks: Mapping[str, Template]) -> None:
    allowed = {
        action
        for user in users(stacks).values()
        for row in user.rows
        for action in row.actions
        if action.startswith("dynamodb:")
    }
    assert allowed == {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
    }


def test_the_key_is_used_only_through_the_service_it_is_needed_for(stacks: Mapping[str, Template]) -> None:
    for user in users(stacks).values():
        for row in user.rows:
            if row.actions[0].startswith("kms:"):
                assert row.condition.startswith("kms:ViaService is "), user.name


def test_a_workflow_calls_its_own_steps_and_no_others(stacks: Mapping[str, Template]) -> None:
    called = {
        name: {
            resource
            for row in user.rows
            if "lambda:InvokeFunction" in row.actions
            for resource in row.resources
        }
        for name, user in users(stacks).items()
        if user.kind == "Workflows"
    }
    assert {name: len(functions) for name, functions in called.items()} == {
        "ingest": 2,
        "prompt-run": 6,
        "segment-retry": 2,
        "deletion": 3,
    }
    assert "deletion" not in who_may(stacks, "batch:SubmitJob")


def test_a_collection_lets_searchers_read_and_the_others_write(standard: Mapping[str, Template]) -> None:
    def permissions(title: str) -> list[Any]:
        (policy,) = properties(standard[title], "AWS::OpenSearchServerless::AccessPolicy")
        text = "".join(part if isinstance(part, str) else "role" for part in policy["Policy"]["Fn::Join"][1])
        return [text.count("aoss:WriteDocument"), text.count("aoss:ReadDocument")]

    assert permissions("api") == [0, 1]
    assert permissions("processing") == [1, 1]
    assert permissions("compute") == [1, 1]
