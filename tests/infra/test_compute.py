"""Compute stack: Batch capacity, networking, permissions and retry strategy."""

import email
import os
import subprocess
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from functions.worker.__main__ import FAILED, INTERRUPTED, STORE_UNAVAILABLE
from infra.configuration import Configuration
from infra.intrinsics import as_text
from infra.permissions_table import role_statements
from infra.sizes import SIZINGS
from shared.settings import Settings
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, properties, resources

PREFIX = "VIDEOVECTOR_SERVER_"
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


@pytest.mark.parametrize(
    ("choices", "limits"),
    [
        ({}, {"FARGATE_SPOT": 6, "FARGATE": 6}),
        ({"size": "standard"}, {"FARGATE_SPOT": 6, "FARGATE": 6}),
        ({"size": "standard", "worker_spot": "false"}, {"FARGATE": 6}),
        ({"size": "standard", "worker_max_vcpus": "65"}, {"FARGATE_SPOT": 33, "FARGATE": 32}),
        ({"size": "standard", "worker": "gpu"}, {"SPOT": 128, "EC2": 128}),
    ],
)
def test_limits_of_spot_and_on_demand_add_up(
    choices: dict[str, str], limits: dict[str, int], synthesise_all: SynthesiseAll
) -> None:
    template = synthesise_all(**choices)["compute"]
    environments = [
        each["ComputeResources"] for each in properties(template, "AWS::Batch::ComputeEnvironment")
    ]
    assert {each["Type"]: each["MaxvCpus"] for each in environments} == limits


def test_worker_fits_default_fargate_quota(stacks: Mapping[str, Template]) -> None:
    """A job that asks for more than the quota, or than an environment's limit, stays RUNNABLE for ever."""
    quota = 6
    assert all(sizing.worker_vcpus <= quota for sizing in SIZINGS.values())
    for each in properties(stacks["compute"], "AWS::Batch::ComputeEnvironment"):
        assert container_vcpus(stacks["compute"]) <= each["ComputeResources"]["MaxvCpus"] <= quota


def container_vcpus(template: Template) -> int:
    container = only_resource(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    (vcpus,) = (each["Value"] for each in container["ResourceRequirements"] if each["Type"] == "VCPU")
    return int(vcpus)


def test_limit_below_one_worker_is_refused() -> None:
    with pytest.raises(ValidationError, match="worker_max_vcpus must be at least 8"):
        Configuration.read({"worker_max_vcpus": "7"}.get)
    assert Configuration.read({"worker_max_vcpus": "4", "worker_spot": "false"}.get).worker_limits.spot == 0


def test_container_writes_only_to_its_scratch_volume(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    """``tests/aws/test_worker_image.py`` runs the worker on a read-only root."""
    for template, volume in (
        (stacks["compute"], {"Name": "scratch"}),  # Fargate accepts no ``Host``
        (standard["compute"], {"Name": "scratch", "Host": {}}),
    ):
        container = only_resource(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
        assert container["ReadonlyRootFilesystem"] is True
        assert container["User"] == "10001"
        assert container["Volumes"] == [volume]
        (mounted,) = container["MountPoints"]
        assert mounted == {"SourceVolume": "scratch", "ContainerPath": "/scratch", "ReadOnly": False}
        variables = {each["Name"]: each["Value"] for each in container["Environment"]}
        for name in ("HOME", "TMPDIR", "VIDEOVECTOR_SERVER_DATA_FOLDER"):
            assert Path(variables[name]).is_relative_to(mounted["ContainerPath"])


def test_worker_knows_the_time_of_its_attempt(stacks: Mapping[str, Template]) -> None:
    """Batch does not retry a job that it ends at its timeout."""
    _, job = only_resource(stacks["compute"], "AWS::Batch::JobDefinition")
    variables = {each["Name"]: each["Value"] for each in job["ContainerProperties"]["Environment"]}
    known = Settings.model_validate({"worker_attempt_seconds": variables[f"{PREFIX}WORKER_ATTEMPT_SECONDS"]})
    assert known.worker_attempt_seconds == job["Timeout"]["AttemptDurationSeconds"]


def test_worker_cannot_reach_instance_metadata(standard: Mapping[str, Template]) -> None:
    """Batch runs a container on EC2 in the host's network, so the hop limit of IMDSv2 does not stop it."""
    template = standard["compute"]
    data = only_resource(template, "AWS::EC2::LaunchTemplate")[1]["LaunchTemplateData"]
    assert data["MetadataOptions"] == {
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 1,
        "HttpProtocolIpv6": "disabled",
    }
    parts = list(email.message_from_string(data["UserData"]["Fn::Base64"]).walk())
    (hook,) = (part for part in parts if part.get_content_type() == "text/cloud-boothook")
    assert "--insert OUTPUT --destination $service --match owner ! --uid-owner 0" in str(hook.get_payload())
    container = only_resource(template, "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    assert container["User"] != "0"
    assert not container.get("Privileged")
    assert {"Name": "AWS_EC2_METADATA_DISABLED", "Value": "true"} in container["Environment"]


@pytest.mark.parametrize(("status", "masked"), [(0, ""), (1, "mask --now ecs.service\n")])
def test_instance_without_metadata_rules_takes_no_jobs(status: int, masked: str, tmp_path: Path) -> None:
    from infra.constructs.worker.metadata_block import BLOCK_METADATA_SCRIPT

    for name, body in (
        ("iptables", f'echo "$@" >> {tmp_path}/rules; exit {status}'),
        ("systemctl", f'echo "$@" >> {tmp_path}/masked'),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "masked").touch()
    subprocess.run(
        ["bash", "-c", BLOCK_METADATA_SCRIPT], env={"PATH": f"{tmp_path}:{os.defpath}"}, check=True
    )
    assert (tmp_path / "masked").read_text() == masked
    rules = (tmp_path / "rules").read_text().splitlines()
    assert all("--destination 169.254.169.254/32" in rule for rule in rules)
    assert len(rules) == (2 if status == 0 else 1)


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
