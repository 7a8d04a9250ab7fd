"""Every template as CloudFormation's own schemas have it, and every workflow as that of States Language has
it. What neither knows is whether a service takes what it is given."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import pytest

from infra.configuration import Configuration
from infra.state_machines import DEFINITIONS, State
from tests.infra.choices import CHOICES
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties

_MEANT: Final = {
    "W3005": "The CDK names a dependency that a reference makes too: twice is as good as once.",
    "W6001": "What the stack of the data exports is told to users by the stack that they read outputs of.",
}

_OFFERED: Final = "instancetype_enum.json"

_FILLED_IN: Final = {"AWS::Partition": "aws", "AWS::AccountId": "111122223333", "AWS::Region": "eu-central-1"}


def found(template: Mapping[str, Any], region: str = "eu-central-1") -> tuple[str, ...]:
    """Errors and warnings that are not meant."""
    return _found(json.dumps(template), region)


@cache
def _found(template: str, region: str) -> tuple[str, ...]:
    """Choices have most of their templates in common."""
    from cfnlint.api import lint

    return tuple(
        f"{match.rule.id}: {match.message} at {match.path}"
        for match in lint(template, regions=[region])
        if match.rule.id[0] in "EW" and match.rule.id not in _MEANT
    )


def machine(definition: State) -> dict[str, Any]:
    """A template with this workflow alone; as an object, since a text with functions in it is not read."""
    role = "arn:aws:iam::111122223333:role/workflow"
    described = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": role, "Definition": definition},
    }
    return {"Resources": {"Machine": described}}


def definitions(template: Template) -> dict[str, State]:
    """By name, with what CloudFormation fills in filled in."""
    return {
        each["StateMachineName"]: json.loads(_filled_in(each["DefinitionString"]))
        for each in properties(template, "AWS::StepFunctions::StateMachine")
    }


def _filled_in(value: Any) -> str:
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(_filled_in(part) for part in argument[1])
    if function == "Ref":
        return _FILLED_IN[argument]
    assert function == "Fn::GetAtt"
    return f"arn:aws:lambda:eu-central-1:111122223333:function:{argument[0]}"


def test_everything_that_can_be_chosen_is_chosen_once() -> None:
    chosen = {name for choices in CHOICES.values() for name in choices}
    assert chosen | {"emulator"} == set(Configuration.model_fields)


@pytest.mark.parametrize("title", CHOICES)
def test_the_templates_of_every_choice_keep_to_the_schemas_of_aws(
    title: str, synthesise_all: SynthesiseAll
) -> None:
    choices = CHOICES[title]
    region = choices.get("region", "eu-central-1")
    templates = synthesise_all(**choices)
    assert {"data", "processing", "compute", "api", "observability"} <= set(templates)
    wrong = {stack: found(template, region) for stack, template in templates.items()}
    assert {stack: lines for stack, lines in wrong.items() if lines} == {}


def test_a_property_that_there_is_not_is_found(data: Template) -> None:
    """So that the test above can fail."""
    broken = json.loads(json.dumps(data))
    for each in broken["Resources"].values():
        if each["Type"] == "AWS::DynamoDB::GlobalTable":
            each["Properties"]["BilingMode"] = "PAY_PER_REQUEST"
    assert any("BilingMode" in line for line in found(broken))


def test_machines_with_a_gpu_are_those_that_the_default_region_has() -> None:
    """Each with one GPU or more; the schema of Batch takes any text."""
    offered = json.loads((files("cfnlint.data.schemas.extensions.aws_ec2_instance") / _OFFERED).read_text())
    configuration = Configuration.model_validate({})
    there = set(offered[configuration.region]["enum"])
    assert set(configuration.gpu_machines.split(",")) <= there
    assert "g6.xlarge" not in offered["eu-west-1"]["enum"]  # why there is a choice


def test_workflows_keep_to_the_schema_of_states_language(stacks: Mapping[str, Template]) -> None:
    workflows = definitions(stacks["processing"])
    assert len(workflows) == len(DEFINITIONS)
    wrong = {name: found(machine(definition)) for name, definition in workflows.items()}
    assert {name: lines for name, lines in wrong.items() if lines} == {}


def _lose_the_next(states: State) -> None:
    del states["Plan"]["Next"]


def _begin_nowhere(states: State) -> None:
    states["Shards"]["ItemProcessor"]["StartAt"] = "Nowhere"


def _retry_in_words(states: State) -> None:
    states["Plan"]["Retry"][0]["MaxAttempts"] = "none"


def _mix_the_languages(states: State) -> None:
    states["Finish"]["InputPath"] = "$.run"


def _invent_a_kind(states: State) -> None:
    states["Failed"]["Type"] = "Failure"


@pytest.mark.parametrize(
    "spoil", [_lose_the_next, _begin_nowhere, _retry_in_words, _mix_the_languages, _invent_a_kind]
)
def test_a_workflow_that_step_functions_would_refuse_is_found(
    spoil: Callable[[State], None], stacks: Mapping[str, Template]
) -> None:
    definition = definitions(stacks["processing"])["videovector-server-prompt-run"]
    spoil(definition["States"])
    assert found(machine(definition))
