"""Compute stack: Batch capacity, networking, permissions and retry strategy."""

from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Any

import pytest

from functions.worker.__main__ import FAILED, INTERRUPTED, STORE_UNAVAILABLE
from infra.intrinsics import as_text
from infra.permissions_table import role_statements
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, properties, resources

_REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"


def test_queue_and_job_definition_have_expected_names(stacks: Mapping[str, Template]) -> None:
    template = stacks["compute"]
    assert only_resource(template, "AWS::Batch::JobQueue")[1]["JobQueueName"] == "videovector-server-worker"
    assert (
        only_resource(template, "AWS::Batch::JobDefinition")[1]["JobDefinitionName"]
        == "videovector-server-worker"
    )


def test_network_has_no_nat_gateway_or_interface_endpoint(stacks: Mapping[str, Template]) -> None:
    template = stacks["compute"]
    assert not resources(template, "AWS::EC2::NatGateway")
    endpoints = properties(template, "AWS::EC2::VPCEndpoint")
    assert [each["VpcEndpointType"] for each in endpoints] == ["Gateway", "Gateway"]


def test_workers_accept_no_inbound_connections(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for template in (stacks["compute"], standard["compute"]):
        _, group = only_resource(template, "AWS::EC2::SecurityGroup")
        assert "SecurityGroupIngress" not in group
        assert not resources(template, "AWS::EC2::SecurityGroupIngress")


def test_environments_are_deleted_before_internet_route(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    """CloudFormation deletes dependent resources first."""
    for template in (stacks["compute"], standard["compute"]):
        routes = set(resources(template, "AWS::EC2::Route"))
        assert routes
        for each in resources(template, "AWS::Batch::ComputeEnvironment").values():
            assert routes <= set(each["DependsOn"])


def test_spot_capacity_is_used_before_on_demand(stacks: Mapping[str, Template]) -> None:
    template = stacks["compute"]
    kinds = {
        name: each["Properties"]["ComputeResources"]["Type"]
        for name, each in resources(template, "AWS::Batch::ComputeEnvironment").items()
    }
    _, queue = only_resource(template, "AWS::Batch::JobQueue")
    order = sorted(queue["ComputeEnvironmentOrder"], key=lambda each: int(each["Order"]))
    names = [each["ComputeEnvironment"]["Fn::GetAtt"][0] for each in order]
    assert [kinds[name] for name in names] == ["FARGATE_SPOT", "FARGATE"]


def test_gpu_environments_scale_to_zero(standard: Mapping[str, Template]) -> None:
    template = standard["compute"]
    environments = [
        each["ComputeResources"] for each in properties(template, "AWS::Batch::ComputeEnvironment")
    ]
    assert {each["Type"] for each in environments} == {"SPOT", "EC2"}
    assert [each["MinvCpus"] for each in environments] == [0, 0]
    assert {name for each in environments for name in each["InstanceTypes"]} == {
        "g6.xlarge",
        "g6.2xlarge",
        "g5.xlarge",
        "g5.2xlarge",
    }
    images = {each["Ec2Configuration"][0]["ImageType"] for each in environments}
    assert images == {"ECS_AL2023_NVIDIA"}
    _, launch_template = only_resource(template, "AWS::EC2::LaunchTemplate")
    found = launch_template["LaunchTemplateData"]
    assert found["MetadataOptions"]["HttpTokens"] == "required"
    assert found["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    container = only_resource(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    assert {"Type": "GPU", "Value": "1"} in container["ResourceRequirements"]


def test_worker_reads_weights_only_from_chosen_folder(standard: Mapping[str, Template]) -> None:
    template = standard["compute"]
    container = only_resource(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    variables = {each["Name"]: each["Value"] for each in container["Environment"]}
    assert variables["VIDEOVECTOR_SERVER_MODEL_PACK"] == "gpu"
    assert variables["VIDEOVECTOR_SERVER_WEIGHTS_LOCATION"] == "s3://example-models/weights"
    statements = role_statements(template, container["JobRoleArn"]["Fn::GetAtt"][0])
    (read,) = (each for each in statements if each["Sid"] == "ReadWeights")
    assert as_text(read["Resource"]) == "arn:aws:s3:::example-models/weights/*"


@pytest.fixture
def strategy(stacks: Mapping[str, Template]) -> dict[str, Any]:
    _, job = only_resource(stacks["compute"], "AWS::Batch::JobDefinition")
    found: dict[str, Any] = job["RetryStrategy"]
    return found


def _is_retried(strategy: Mapping[str, Any], **ended: str) -> bool:
    """Evaluate ``EvaluateOnExit`` as AWS's API reference describes it.

    The first matching condition decides. A pattern does not match an absent value. A failure that matches no
    condition is retried.
    """
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
def test_recoverable_failures_are_retried(ended: dict[str, str], strategy: dict[str, Any]) -> None:
    assert _is_retried(strategy, **ended)


@pytest.mark.parametrize("code", [FAILED, 2])
def test_final_exit_codes_are_not_retried(code: int, strategy: dict[str, Any]) -> None:
    reason = "Essential container in task exited"
    assert not _is_retried(strategy, OnExitCode=str(code), OnStatusReason=reason)


def test_retry_strategy_stays_within_batch_limits(strategy: dict[str, Any]) -> None:
    assert len(strategy["EvaluateOnExit"]) <= 5
    assert 5 <= strategy["Attempts"] <= 10


def test_environments_use_latest_launch_template_version(standard: Mapping[str, Template]) -> None:
    """Batch keeps the launch template version of an environment's creation unless the number is updated."""
    template, _ = only_resource(standard["compute"], "AWS::EC2::LaunchTemplate")
    for each in properties(standard["compute"], "AWS::Batch::ComputeEnvironment"):
        environment = each["ComputeResources"]
        assert environment["LaunchTemplate"]["Version"] == {"Fn::GetAtt": [template, "LatestVersionNumber"]}
        assert environment["UpdateToLatestImageVersion"] is True
        assert each["ReplaceComputeEnvironment"] is False


@pytest.mark.parametrize(
    ("address", "repository"),
    [
        (f"{_REGISTRY}/team/worker:7", "team/worker"),
        (f"{_REGISTRY}/worker", "worker"),
        (f"{_REGISTRY}/worker@sha256:{'0' * 64}", "worker"),
    ],
)
def test_execution_role_may_pull_worker_image_from_ecr(
    address: str, repository: str, synthesise_all: SynthesiseAll
) -> None:
    template = synthesise_all(worker_image=address)["compute"]
    container = only_resource(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    tagged = address if address.endswith((":7", "0")) else f"{address}:latest"
    assert as_text(container["Image"]) == tagged.replace("amazonaws.com", "<AWS::URLSuffix>")
    statements = role_statements(template, container["ExecutionRoleArn"]["Fn::GetAtt"][0])
    (fetch,) = (each for each in statements if "ecr:BatchGetImage" in each["Action"])
    arn = f"arn:<AWS::Partition>:ecr:eu-west-1:111122223333:repository/{repository}"
    assert as_text(fetch["Resource"]) == arn
    assert any(each["Action"] == "ecr:GetAuthorizationToken" for each in statements)


def test_build_context_holds_all_copied_files(
    stacks: Mapping[str, Template],
) -> None:
    """``tests/aws/test_worker_image.py`` tests the image itself."""
    from infra.constructs.images.build_context import BUILD_CONTEXT
    from infra.constructs.worker.job_definition import DOCKERFILE
    from layers.lock_files import REPOSITORY

    source = (REPOSITORY / DOCKERFILE).read_text(encoding="utf-8")
    copied = [
        word
        for line in source.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert {word.partition("/")[0] for word in copied} <= set(BUILD_CONTEXT)
    assert all((REPOSITORY / word).exists() for word in copied)
    assert "ARG VARIANT" in source
    image = only_resource(stacks["compute"], "AWS::Batch::JobDefinition")[1]["ContainerProperties"]["Image"]
    assert "container-assets" in str(image)
