"""The worker's role and job definition, from a template that the emulator cannot deploy.

The emulator has no compute environments. The role and the definition are created by the calls that
CloudFormation would make.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.aws.emulator import REGION

ACCOUNT: Final = "000000000000"

Template = dict[str, Any]

_PSEUDO_PARAMETERS: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}


def define_jobs(compute: Template, clients: Mapping[str, Any]) -> None:
    """Create the role and the job definition of the template; ``clients`` are boto3 clients by service."""
    exports = {e["Name"]: e["Value"] for e in clients["cloudformation"].list_exports()["Exports"]}
    [(_, definition)] = _of_type(compute, "AWS::Batch::JobDefinition")
    container = definition["ContainerProperties"]
    clients["batch"].register_job_definition(
        jobDefinitionName=definition["JobDefinitionName"],
        type="container",
        containerProperties={
            "image": container["Image"],
            "command": container["Command"],
            "environment": [
                {"name": each["Name"], "value": resolved(each["Value"], exports)}
                for each in container["Environment"]
            ],
            "jobRoleArn": _role(compute, container["JobRoleArn"]["Fn::GetAtt"][0], exports, clients["iam"]),
        },
        retryStrategy=_camel_case(definition["RetryStrategy"]),
    )


def _role(compute: Template, name: str, exports: Mapping[str, str], iam: Any) -> str:
    """Create the role; return its ARN."""
    role = compute["Resources"][name]["Properties"]
    made = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"])
    )
    for _, policy in _of_type(compute, "AWS::IAM::Policy"):
        if {"Ref": name} in policy["Roles"]:
            document = resolved(policy["PolicyDocument"], exports)
            iam.put_role_policy(
                RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=json.dumps(document)
            )
    return str(made["Role"]["Arn"])


def _of_type(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, each in template["Resources"].items():
        if each["Type"] == kind:
            yield name, each["Properties"]


def resolved(value: Any, exports: Mapping[str, str]) -> Any:
    """Resolve the intrinsic functions in ``value``.

    Raises:
        AssertionError: the value uses an intrinsic function that is not supported here.
    """
    if isinstance(value, list):
        return [resolved(each, exports) for each in value]
    if not isinstance(value, Mapping):
        return value
    match value:
        case {"Fn::ImportValue": str(name)}:
            return exports[name]
        case {"Fn::Join": [separator, list(parts)]}:
            return str(separator).join(resolved(part, exports) for part in parts)
        case {"Ref": str(name)} if name in _PSEUDO_PARAMETERS:
            return _PSEUDO_PARAMETERS[name]
    assert not {"Ref", "Fn::GetAtt", "Fn::Sub"} & set(value), f"cannot resolve {value}"
    return {name: resolved(each, exports) for name, each in value.items()}


def _camel_case(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name[0].lower() + name[1:]: _camel_case(each) for name, each in value.items()}
    return [_camel_case(each) for each in value] if isinstance(value, list) else value
