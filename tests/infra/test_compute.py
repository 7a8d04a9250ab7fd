"""Batch keeps nothing while there is no job, and tries again what a further try can help with."""

from collections.abc import Mapping

from infra.intrinsics import flat
from infra.permissions_table import role_statements
from tests.infra.conftest import Template
from tests.infra.templates import properties, resources, the_only

_TRIED_AGAIN = {"75", "69", "137"}


def test_the_names_are_those_that_the_workflows_use(stacks: Mapping[str, Template]) -> None:
    template = stacks["compute"]
    assert the_only(template, "AWS::Batch::JobQueue")[1]["JobQueueName"] == "video-archive-worker"
    assert the_only(template, "AWS::Batch::JobDefinition")[1]["JobDefinitionName"] == "video-archive-worker"


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


def test_a_job_is_tried_again_by_its_exit_code_and_otherwise_ends(stacks: Mapping[str, Template]) -> None:
    _, job = the_only(stacks["compute"], "AWS::Batch::JobDefinition")
    strategy = job["RetryStrategy"]
    conditions = strategy["EvaluateOnExit"]
    assert strategy["Attempts"] >= 5
    assert len(conditions) <= 5  # the most that Batch takes
    assert {each["OnExitCode"] for each in conditions if "OnExitCode" in each} == _TRIED_AGAIN
    assert {each["Action"] for each in conditions[:-1]} == {"RETRY"}
    assert conditions[-1] == {"Action": "EXIT", "OnReason": "*"}


def test_exit_codes_are_those_of_the_worker() -> None:
    from functions.worker.__main__ import FAILED, INTERRUPTED, STORE_UNAVAILABLE

    assert {str(INTERRUPTED), str(STORE_UNAVAILABLE)} < _TRIED_AGAIN
    assert str(FAILED) not in _TRIED_AGAIN


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
