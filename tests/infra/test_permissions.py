"""Synthesised policies grant least privilege."""

from collections.abc import Mapping
from typing import Any

from infra.permissions import KEY_PARTITIONS
from infra.permissions_table import DOCUMENT, DOCUMENTED_CHOICES, RoleHolder, document, role_holders
from shared.domain import keys
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties, resources

_UNRESTRICTABLE_ACTIONS = {
    "batch:DescribeJobs",
    "dynamodb:ListStreams",
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
"""Actions that support no resource-level permissions."""


def holders(stacks: Mapping[str, Template]) -> dict[str, RoleHolder]:
    """Return all role holders by name without prefix."""
    found = [holder for template in stacks.values() for holder in role_holders(template)]
    return {holder.name.removeprefix("videovector-server-"): holder for holder in found}


def roles_allowed(stacks: Mapping[str, Template], action: str, resource: str = "") -> set[str]:
    """Return the names of role holders that may do ``action`` on a resource containing ``resource``."""
    return {
        name
        for name, holder in holders(stacks).items()
        for row in holder.rows
        if action in row.actions and any(resource in each for each in row.resources)
    }


def test_permissions_page_matches_templates(synthesise_all: SynthesiseAll) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(synthesise_all(**DOCUMENTED_CHOICES).values()), (
        "run python -m infra.permissions_table"
    )


def test_policies_contain_no_wildcard_action_or_resource(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for holder in (*holders(stacks).values(), *holders(standard).values()):
        for row in holder.rows:
            assert not [action for action in row.actions if "*" in action]
            assert "*" not in row.resources or set(row.actions) <= _UNRESTRICTABLE_ACTIONS, holder.name


def test_each_function_has_own_role_with_one_policy(
    stacks: Mapping[str, Template],
) -> None:
    for title in ("api", "processing"):
        roles = resources(stacks[title], "AWS::IAM::Role")
        used = [each["Role"]["Fn::GetAtt"][0] for each in properties(stacks[title], "AWS::Lambda::Function")]
        assert len(set(used)) == len(used)
        assert not [role for role in roles.values() if role["Properties"].get("ManagedPolicyArns")]
        assert not [role for role in roles.values() if role["Properties"].get("Policies")]


def test_workflows_are_started_only_by_expected_roles(stacks: Mapping[str, Template]) -> None:
    def starters(workflow: str) -> set[str]:
        return roles_allowed(stacks, "states:StartExecution", f"stateMachine:videovector-server-{workflow}")

    assert starters("ingest") == {
        "api-editing",
        "api-exports",
        "api-import-jobs",
        "api-videos",
        "api-uploads",
        "api-workflow",
        "events-automation-exports",
        "events-due-work",
        "events-import-listing",
        "events-uploads",
        "events-job-sweeper",
    }
    assert starters("prompt-run") == {
        "api-prompt-runs",
        "api-workflow",
        "events-automation-runs",
        "events-due-work",
        "events-job-sweeper",
    }
    assert starters("segment-retry") == {"api-prompt-runs", "events-job-sweeper"}
    assert starters("deletion") == {"api-deletions", "events-job-sweeper"}


def test_batches_of_imports_are_taken_only_by_worker(stacks: Mapping[str, Template]) -> None:
    for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"):
        assert roles_allowed(stacks, action, "videovector-server-import-batches") == {"worker"}
    senders = roles_allowed(stacks, "sqs:SendMessage", "videovector-server-import-batches")
    assert senders == roles_allowed(stacks, "states:StartExecution", "stateMachine:videovector-server-ingest")


def test_exports_may_not_send_listings(stacks: Mapping[str, Template]) -> None:
    senders = {
        queue: roles_allowed(stacks, "sqs:SendMessage", f"videovector-server-import-{queue}")
        for queue in ("batches", "listings")
    }
    assert senders["batches"] - senders["listings"] == {
        "api-editing",
        "api-exports",
        "events-automation-exports",
    }


def test_exports_are_stored_by_worker_and_erased_by_expected_roles(stacks: Mapping[str, Template]) -> None:
    assert roles_allowed(stacks, "s3:PutObject", "/exports/*") == {"worker"}
    assert roles_allowed(stacks, "s3:DeleteObject", "/exports/*") == {
        "worker",
        "pipeline-deletion",
        "events-due-work",
    }
    readers = roles_allowed(stacks, "s3:GetObject", "/exports/*")
    assert readers == {"api-exports", "worker", "pipeline-deletion", "events-due-work"}
    link_signers = roles_allowed(stacks, "secretsmanager:GetSecretValue", "export-link-signing-key")
    assert link_signers == {"api-exports"}


def test_functions_of_media_delete_clips_and_nothing_else(stacks: Mapping[str, Template]) -> None:
    assert roles_allowed(stacks, "s3:DeleteObject", "/media/*/clips/*") == {"api-editing", "events-due-work"}


def test_media_are_deleted_only_by_expected_roles(stacks: Mapping[str, Template]) -> None:
    clips = roles_allowed(stacks, "s3:DeleteObject", "/media/*/clips/*")
    assert roles_allowed(stacks, "s3:DeleteObject", "/media/*") - clips == {
        "worker",
        "pipeline-deletion",
        "pipeline-give-up",
        "events-job-sweeper",
    }


def test_index_is_written_only_by_expected_roles(
    stacks: Mapping[str, Template],
) -> None:
    assert roles_allowed(stacks, "es:ESHttpPost", "_bulk") == {"worker"}
    assert roles_allowed(stacks, "es:ESHttpPost", "_delete_by_query") == {"worker", "pipeline-deletion"}
    assert roles_allowed(stacks, "es:ESHttpPost", "_search") == {
        "worker",
        "api-saved-searches",
        "api-search",
        "api-system",
        "api-workflow",
        "events-saved-search-alerts",
    }
    assert roles_allowed(stacks, "es:ESHttpDelete") == {"worker"}
    assert roles_allowed(stacks, "es:ESHttpPost", "_aliases") == {"worker"}


def test_read_only_resources_write_only_key_partitions(
    stacks: Mapping[str, Template],
) -> None:
    found = holders(stacks)
    assert keys.api_key("0").partition.startswith(KEY_PARTITIONS.removesuffix("*"))
    for name in ("auth", "playground", "search", "system"):
        writes = [row for row in found[f"api-{name}"].rows if "dynamodb:UpdateItem" in row.actions]
        assert [row.condition for row in writes] == [f"dynamodb:LeadingKeys like {KEY_PARTITIONS}"]
        assert f"api-{name}" not in roles_allowed(stacks, "dynamodb:DeleteItem")


def test_query_embedding_function_has_no_permissions(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates, suffix in ((stacks, "models-query-embedding"), (standard, "models-query-embedding:live")):
        assert holders(templates)["models-query-embedding"].rows == []
        callers = roles_allowed(templates, "lambda:InvokeFunction", "models-query-embedding")
        assert callers == {
            "api-saved-searches",
            "api-search",
            "api-system",
            "api-workflow",
            "events-saved-search-alerts",
        }
        for name in callers:
            (row,) = [row for row in holders(templates)[name].rows if "lambda:InvokeFunction" in row.actions]
            (resource,) = row.resources
            assert resource.endswith(f":videovector-server-{suffix}")


def test_no_role_may_scan_or_alter_table(stacks: Mapping[str, Template]) -> None:
    allowed = {
        action
        for holder in holders(stacks).values()
        for row in holder.rows
        for action in row.actions
        if action.startswith("dynamodb:") and holder.name != "videovector-server-events-dispatcher"
    }
    assert allowed == {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
    }


_USE_OF_USERS_SECRETS = (
    "kms:EncryptionContextKeys is tenant or secret or version or piece; "
    "kms:EncryptionContext:tenant is present"
)


def test_kms_key_is_usable_through_services_or_for_secrets(stacks: Mapping[str, Template]) -> None:
    for holder in holders(stacks).values():
        for row in holder.rows:
            if row.actions[0].startswith("kms:"):
                through_service = row.condition.startswith("kms:ViaService is ")
                assert through_service or row.condition == _USE_OF_USERS_SECRETS, holder.name


def test_workflows_may_call_only_their_own_steps(stacks: Mapping[str, Template]) -> None:
    called = {
        name: {
            resource
            for row in holder.rows
            if "lambda:InvokeFunction" in row.actions
            for resource in row.resources
        }
        for name, holder in holders(stacks).items()
        if holder.kind == "Workflows"
    }
    assert {name: len(functions) for name, functions in called.items()} == {
        "ingest": 1,
        "prompt-run": 6,
        "segment-retry": 2,
        "deletion": 3,
    }
    assert "deletion" not in roles_allowed(stacks, "batch:SubmitJob")


def test_collection_is_read_by_api_and_written_by_others(standard: Mapping[str, Template]) -> None:
    def permissions(title: str) -> list[Any]:
        (policy,) = properties(standard[title], "AWS::OpenSearchServerless::AccessPolicy")
        text = "".join(part if isinstance(part, str) else "role" for part in policy["Policy"]["Fn::Join"][1])
        return [text.count("aoss:WriteDocument"), text.count("aoss:ReadDocument")]

    assert permissions("api") == [0, 1]
    assert permissions("processing") == [1, 2]
    assert permissions("compute") == [1, 1]
