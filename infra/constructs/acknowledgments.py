"""Acknowledgments of cdk-nag findings, each with its reason."""

from collections.abc import Iterable
from typing import Any, Final

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.intrinsics import as_text

_REASONS: Final = {
    "s3": "The wildcard covers the objects of one folder. Their keys contain ids that are generated later.",
    "es": "Index names contain the names of embedding models and a number for each rebuild.",
    "secretsmanager": "Secrets Manager appends random characters to a secret's ARN.",
    "states": "Execution names contain ids that are generated later.",
    "batch": "Batch generates job ids and revision numbers of job definitions.",
    "events": "The rule has one name, under which Step Functions creates it.",
    "sts": "Users name roles of their own accounts. A role must have the prefix and trust this account with "
    "the connector's external id.",
}
"""Reason for a wildcard inside a resource, by service."""

_NOT_RESTRICTABLE: Final = {
    "batch": "Batch does not support resource-level permissions for describing jobs.",
    "dynamodb": "DynamoDB does not support resource-level permissions for listing streams.",
    "xray": "X-Ray does not support resource-level permissions; the CDK grants only sending traces.",
    "ecr": "An ECR authorization token is valid for the registry; images are pulled from one repository.",
    "logs": "Log delivery does not support resource-level permissions; Step Functions needs these actions.",
}
"""Reason for ``*`` as the resource, by service."""


def acknowledge(scope: Construct, **reasons: str) -> None:
    """Acknowledge findings of ``scope`` and the constructs below it.

    ``reasons`` maps AwsSolutions rules, such as ``S1``, to reasons.
    """
    for rule, reason in reasons.items():
        _acknowledge(scope, rule, reason)


def acknowledge_any_resource(scope: Construct, *services: str) -> None:
    """Acknowledge statements on the resource ``*`` that the CDK adds for ``services``."""
    _acknowledge(scope, "IAM5[Resource::*]", " ".join(_NOT_RESTRICTABLE[service] for service in services))


def grant_statements(role: iam.Role, statements: Iterable[dict[str, Any]]) -> None:
    """Add the statements to the role, and acknowledge each wildcard in their resources."""
    for statement in statements:
        role.add_to_policy(iam.PolicyStatement.from_json(statement))
        service = statement["Action"][0].partition(":")[0]
        for resource in statement["Resource"]:
            name = as_text(Stack.of(role).resolve(resource))
            if name == "*":
                acknowledge_any_resource(role, service)
            elif "*" in name:
                _acknowledge(role, f"IAM5[Resource::{name}]", _REASONS[service])


def _acknowledge(scope: Construct, rule: str, reason: str) -> None:
    finding = f"AwsSolutions::AwsSolutions-{rule}"
    Validations.of(scope).acknowledge(Acknowledgment(id=finding, reason=reason))
