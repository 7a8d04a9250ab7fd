"""Batch keeps nothing while there is no job, and tries again what a further try can help with."""

from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Any

import pytest

from functions.worker.__main__ import FAILED, INTERRUPTED, STORE_UNAVAILABLE
from infra.intrinsics import flat
from infra.permissions_table import role_statements
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties, resources, the_only

_REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"


def test_the_names_are_those_that_the_workflows_use(stacks: Mapping[str, Template]) -> None:
    template = stacks["compute"]
    assert the_only(template, "AWS::Batch::JobQueue")[1]["JobQueueName"] == "videovector-server-worker"
    assert (
        the_only(template, "AWS::Batch::JobDefinition")[1]["JobDefinitionName"] == "videovector-server-worker"
    )


def test_there_is_no_gateway_that_costs_while_idle(stacks: Mapping[str, Template]) -> None:
    template = stacks["compute"]
    assert not resources(template, "AWS::EC2::NatGateway")
    endpoints = properties(template, "AWS::EC2::VPCEndpoint")
    assert [each["VpcEndpointType"] for each in endpoints] == ["Gateway", "Gateway"]


def test_nothing_reaches_a_worker_from_outside(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for template in (stacks["compute"], standard["compute"]):
        _, group = the_only(template, "AWS::EC2::SecurityGroup")
        assert "SecurityGroupIngress" not in group
        assert not resources(template, "AWS::EC2::SecurityGroupIngress")


def test_workers_are_gone_before_their_way_out_is(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    """CloudFormation deletes what depends on others first."""
    for template in (stacks["compute"], standard["compute"]):
        routes = set(resources(template, "AWS::EC2::Route"))
        assert routes
        for each in resources(template, "AWS::Batch::ComputeEnvironment").values():
            assert routes <= set(each["DependsOn"])


def test_spare_capacity_comes_first_and_the_full_price_after_it(stacks: Mapping[str, Template]) -> None:
    template = stacks["compute"]
    kinds = {
        name: each["Properties"]["ComputeResources"]["Type"]
        for name, each in resources(template, "AWS::Batch::ComputeEnvironment").items()
    }
    _, queue = the_only(template, "AWS::Batch::JobQueue")
    order = sorted(queue["ComputeEnvironmentOrder"], key=lambda each: int(each["Order"]))
    names = [each["ComputeEnvironment"]["Fn::GetAtt"][0] for each in order]
    assert [kinds[name] for name in names] == ["FARGATE_SPOT", "FARGATE"]


def test_machines_with_a_gpu_are_there_only_while_a_job_is(standard: Mapping[str, Template]) -> None:
    template = standard["compute"]
    machines = [each["ComputeResources"] for each in properties(template, "AWS::Batch::ComputeEnvironment")]
    assert {each["Type"] for each in machines} == {"SPOT", "EC2"}
    assert [each["MinvCpus"] for each in machines] == [0, 0]
    assert {name for each in machines for name in each["InstanceTypes"]} == {
        "g6.xlarge",
        "g6.2xlarge",
        "g5.xlarge",
        "g5.2xlarge",
    }
    images = {each["Ec2Configuration"][0]["ImageType"] for each in machines}
    assert images == {"ECS_AL2023_NVIDIA"}
    _, template_of_machine = the_only(template, "AWS::EC2::LaunchTemplate")
    found = template_of_machine["LaunchTemplateData"]
    assert found["MetadataOptions"]["HttpTokens"] == "required"
    assert found["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    container = the_only(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    assert {"Type": "GPU", "Value": "1"} in container["ResourceRequirements"]


def test_weights_are_read_from_the_chosen_folder_and_no_other(standard: Mapping[str, Template]) -> None:
    template = standard["compute"]
    container = the_only(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    told = {each["Name"]: each["Value"] for each in container["Environment"]}
    assert told["VIDEOVECTOR_SERVER_MODEL_PACK"] == "gpu"
    assert told["VIDEOVECTOR_SERVER_WEIGHTS_LOCATION"] == "s3://models-of-ours/weights"
    statements = role_statements(template, container["JobRoleArn"]["Fn::GetAtt"][0])
    (read,) = (each for each in statements if each["Sid"] == "ReadWeights")
    assert flat(read["Resource"]) == "arn:aws:s3:::models-of-ours/weights/*"


@pytest.fixture
def strategy(stacks: Mapping[str, Template]) -> dict[str, Any]:
    _, job = the_only(stacks["compute"], "AWS::Batch::JobDefinition")
    found: dict[str, Any] = job["RetryStrategy"]
    return found


def _tried_again(strategy: Mapping[str, Any], **ended: str) -> bool:
    """As the API reference has EvaluateOnExit: the first that holds decides; nothing matches what is not
    said, and what none is about is tried again."""
    for rule in strategy["EvaluateOnExit"]:
        wanted = {name: pattern for name, pattern in rule.items() if name != "Action"}
        if all(name in ended and fnmatch(ended[name], pattern) for name, pattern in wanted.items()):
            return bool(rule["Action"] == "RETRY")
    return True


@pytest.mark.parametrize(
    "ended",
    [
        {"OnStatusReason": "Host EC2 (instance i-0123) terminated."},
        {"OnStatusReason": "Your Spot Task was interrupted.", "OnExitCode": "137"},
        {"OnStatusReason": "Task failed to start", "OnReason": "CannotPullContainerError: timed out"},
        {"OnStatusReason": "Timeout waiting for network interface provisioning to complete."},
        {"OnReason": "AGENT"},
        {"OnExitCode": "137", "OnReason": "OutOfMemoryError: Container killed due to memory usage"},
        {"OnExitCode": "139"},
        {"OnExitCode": str(INTERRUPTED)},
        {"OnExitCode": str(STORE_UNAVAILABLE)},
    ],
)
def test_what_a_further_try_can_help_with_is_tried_again(
    ended: dict[str, str], strategy: dict[str, Any]
) -> None:
    assert _tried_again(strategy, **ended)


@pytest.mark.parametrize("code", [FAILED, 2])
def test_a_job_that_says_it_failed_or_does_not_understand_ends(code: int, strategy: dict[str, Any]) -> None:
    said = "Essential container in task exited"
    assert not _tried_again(strategy, OnExitCode=str(code), OnStatusReason=said)


def test_conditions_are_no_more_than_batch_takes(strategy: dict[str, Any]) -> None:
    assert len(strategy["EvaluateOnExit"]) <= 5
    assert 5 <= strategy["Attempts"] <= 10


def test_a_larger_disk_reaches_machines_that_are_made_later(standard: Mapping[str, Template]) -> None:
    """Batch keeps the version of a template that it was made with, unless it is told another number."""
    template, _ = the_only(standard["compute"], "AWS::EC2::LaunchTemplate")
    for each in properties(standard["compute"], "AWS::Batch::ComputeEnvironment"):
        machines = each["ComputeResources"]
        assert machines["LaunchTemplate"]["Version"] == {"Fn::GetAtt": [template, "LatestVersionNumber"]}
        assert machines["UpdateToLatestImageVersion"] is True
        assert each["ReplaceComputeEnvironment"] is False


@pytest.mark.parametrize(
    ("address", "repository"),
    [
        (f"{_REGISTRY}/ours/worker:7", "ours/worker"),
        (f"{_REGISTRY}/worker", "worker"),
        (f"{_REGISTRY}/worker@sha256:{'0' * 64}", "worker"),
    ],
)
def test_an_image_in_a_private_repository_may_be_fetched_from_there(
    address: str, repository: str, synthesise_all: SynthesiseAll
) -> None:
    template = synthesise_all(worker_image=address)["compute"]
    container = the_only(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    tagged = address if address.endswith((":7", "0")) else f"{address}:latest"
    assert flat(container["Image"]) == tagged.replace("amazonaws.com", "<AWS::URLSuffix>")
    statements = role_statements(template, container["ExecutionRoleArn"]["Fn::GetAtt"][0])
    (fetch,) = (each for each in statements if "ecr:BatchGetImage" in each["Action"])
    arn = f"arn:<AWS::Partition>:ecr:eu-west-1:111122223333:repository/{repository}"
    assert flat(fetch["Resource"]) == arn
    assert any(each["Action"] == "ecr:GetAuthorizationToken" for each in statements)


def test_everything_that_the_image_is_built_from_is_sent_to_the_builder(
    stacks: Mapping[str, Template],
) -> None:
    """What is in the image itself: ``tests/aws/test_worker_image.py``."""
    from infra.constructs.image_context import CONTEXT
    from infra.constructs.worker_container import DOCKERFILE
    from layers.locked import REPOSITORY

    source = (REPOSITORY / DOCKERFILE).read_text(encoding="utf-8")
    copied = [
        word
        for line in source.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert {word.partition("/")[0] for word in copied} <= set(CONTEXT)
    assert all((REPOSITORY / word).exists() for word in copied)
    assert "ARG VARIANT" in source
    image = the_only(stacks["compute"], "AWS::Batch::JobDefinition")[1]["ContainerProperties"]["Image"]
    assert "container-assets" in str(image)
