"""Templates conform to CloudFormation's schemas, and workflows to the schema of Amazon States Language.

The schemas do not tell whether a service accepts the values.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import pytest

from infra.configuration import Configuration
from infra.state_machines import DEFINITIONS, State
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.deployments.choices import CHOICES
from tests.infra.templates import properties

_ACCEPTED_RULES: Final = {
    "W3010": "The names of three zones come from the operator's account; `Fn::GetAZs` finds only two.",
    "W3005": "The CDK also adds DependsOn where a reference already implies the dependency.",
    "W6001": "The API stack outputs values that it imports from the data stack; users read its outputs.",
}
"""Warnings of cfn-lint that are accepted, with the reason."""

_INSTANCE_TYPES: Final = "instancetype_enum.json"

_REFERENCES: Final = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "111122223333",
    "AWS::Region": "eu-central-1",
}


def findings(template: Mapping[str, Any], region: str = "eu-central-1") -> tuple[str, ...]:
    """Return the errors and warnings of cfn-lint that are not accepted."""
    return _findings(json.dumps(template), region)


@cache
def _findings(template: str, region: str) -> tuple[str, ...]:
    """Lint a template. Results are cached, because deployments have most templates in common."""
    from cfnlint.api import lint

    return tuple(
        f"{match.rule.id}: {match.message} at {match.path}"
        for match in lint(template, regions=[region])
        if match.rule.id[0] in "EW" and match.rule.id not in _ACCEPTED_RULES
    )


def machine(definition: State) -> dict[str, Any]:
    """Make a template with one workflow.

    The definition is an object, because cfn-lint does not parse a string that contains intrinsic functions.
    """
    role = "arn:aws:iam::111122223333:role/workflow"
    described = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": role, "Definition": definition},
    }
    return {"Resources": {"Machine": described}}


def definitions(template: Template) -> dict[str, State]:
    """Return the definitions of all state machines by name, with references resolved."""
    return {
        each["StateMachineName"]: json.loads(_resolved(each["DefinitionString"]))
        for each in properties(template, "AWS::StepFunctions::StateMachine")
    }


def _resolved(value: Any) -> str:
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(_resolved(part) for part in argument[1])
    if function == "Ref":
        return _REFERENCES[argument]
    assert function == "Fn::GetAtt"
    return f"arn:aws:lambda:eu-central-1:111122223333:function:{argument[0]}"


def test_example_deployments_cover_every_choice() -> None:
    chosen = {name for choices in CHOICES.values() for name in choices}
    assert chosen | {"emulator", "store_authorities_file"} == set(Configuration.model_fields)


@pytest.mark.parametrize("title", CHOICES)
def test_templates_conform_to_cloudformation_schemas(title: str, synthesise_all: SynthesiseAll) -> None:
    choices = CHOICES[title]
    region = choices.get("region", "eu-central-1")
    templates = synthesise_all(**choices)
    assert {"data", "processing", "compute", "api", "observability"} <= set(templates)
    wrong = {stack: findings(template, region) for stack, template in templates.items()}
    assert {stack: lines for stack, lines in wrong.items() if lines} == {}


def test_unknown_property_is_found(data: Template) -> None:
    """Prove that the test above can fail."""
    broken = json.loads(json.dumps(data))
    for each in broken["Resources"].values():
        if each["Type"] == "AWS::DynamoDB::GlobalTable":
            each["Properties"]["BilingMode"] = "PAY_PER_REQUEST"
    assert any("BilingMode" in line for line in findings(broken))


def test_gpu_instance_types_are_offered_in_default_region() -> None:
    """Check the default instance types, because the schema of Batch accepts any text."""
    offered = json.loads(
        (files("cfnlint.data.schemas.extensions.aws_ec2_instance") / _INSTANCE_TYPES).read_text()
    )
    configuration = Configuration.model_validate({})
    available = set(offered[configuration.region]["enum"])
    assert set(configuration.gpu_machines.split(",")) <= available
    assert "g6.xlarge" not in offered["eu-west-1"]["enum"]  # the reason for the choice


def test_workflows_conform_to_states_language_schema(stacks: Mapping[str, Template]) -> None:
    workflows = definitions(stacks["processing"])
    assert len(workflows) == len(DEFINITIONS)
    wrong = {name: findings(machine(definition)) for name, definition in workflows.items()}
    assert {name: lines for name, lines in wrong.items() if lines} == {}


def _remove_next_state(states: State) -> None:
    del states["Plan"]["Next"]


def _start_at_unknown_state(states: State) -> None:
    states["Shards"]["ItemProcessor"]["StartAt"] = "Nowhere"


def _use_text_as_number(states: State) -> None:
    states["Plan"]["Retry"][0]["MaxAttempts"] = "none"


def _mix_query_languages(states: State) -> None:
    states["Finish"]["InputPath"] = "$.run"


def _use_unknown_type(states: State) -> None:
    states["Failed"]["Type"] = "Failure"


@pytest.mark.parametrize(
    "corrupt",
    [
        _remove_next_state,
        _start_at_unknown_state,
        _use_text_as_number,
        _mix_query_languages,
        _use_unknown_type,
    ],
)
def test_invalid_workflow_is_found(corrupt: Callable[[State], None], stacks: Mapping[str, Template]) -> None:
    definition = definitions(stacks["processing"])["videovector-server-prompt-run"]
    corrupt(definition["States"])
    assert findings(machine(definition))
