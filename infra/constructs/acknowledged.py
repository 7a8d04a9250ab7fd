"""Findings of cdk-nag that are meant, each with its reason."""

from collections.abc import Iterable
from typing import Any, Final

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.intrinsics import flat

_REASONS: Final = {
    "s3": "Objects of one folder of the bucket: they are named with ids that are made later.",
    "es": "Indexes are named after the models whose vectors they hold, with a number for each rebuild.",
    "secretsmanager": "Secrets Manager ends a secret's ARN with letters that it chooses.",
    "states": "Executions are named with ids that are made later.",
    "batch": "Jobs and revisions of a definition are numbered when they are made.",
    "events": "The rule of this one name, which Step Functions makes for itself.",
}
"""By service, of a wildcard inside a resource."""

_NOT_RESTRICTABLE: Final = {
    "batch": "Batch cannot restrict who looks at jobs to some of them.",
    "xray": "X-Ray has no resources; CDK allows it to send traces, and nothing else.",
    "ecr": "The token to sign in to the registry is for all of it; images are fetched from one repository.",
    "logs": "Log delivery has no resources: AWS asks for exactly these actions to let Step Functions log.",
}


def acknowledge(scope: Construct, **reasons: str) -> None:
    """``reasons`` by rule of AwsSolutions, such as ``S1``, for the constructs at and below ``scope``."""
    for rule, reason in reasons.items():
        _acknowledge(scope, rule, reason)


def acknowledge_everything(scope: Construct, *services: str) -> None:
    """``*`` as the resource, as CDK adds it for ``services``."""
    _acknowledge(scope, "IAM5[Resource::*]", " ".join(_NOT_RESTRICTABLE[service] for service in services))


def grant(role: iam.Role, statements: Iterable[dict[str, Any]]) -> None:
    """Add each statement to the role, and say why what is a wildcard in it is none too many."""
    for statement in statements:
        role.add_to_policy(iam.PolicyStatement.from_json(statement))
        service = statement["Action"][0].partition(":")[0]
        for resource in statement["Resource"]:
            name = flat(Stack.of(role).resolve(resource))
            if name == "*":
                acknowledge_everything(role, service)
            elif "*" in name:
                _acknowledge(role, f"IAM5[Resource::{name}]", _REASONS[service])


def _acknowledge(scope: Construct, rule: str, reason: str) -> None:
    finding = f"AwsSolutions::AwsSolutions-{rule}"
    Validations.of(scope).acknowledge(Acknowledgment(id=finding, reason=reason))
