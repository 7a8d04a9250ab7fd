"""Containers receive their region in both variables, because ECS does not set them on EC2 instances."""

from collections.abc import Mapping
from typing import Any

from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource

REGION = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


def _region_variables(container: Mapping[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in container["Environment"] if each["Name"] in REGION}


def test_every_container_receives_region(synthesise_all: SynthesiseAll) -> None:
    stacks: Mapping[str, Template] = synthesise_all(
        region="eu-west-1",
        worker="gpu",
        streaming_ingress="true",
        ingress_image="registry.example/ingress:1",
        domain_name="archive.example.com",
        certificate_arn="arn:aws:acm:us-east-1:111122223333:certificate/one",
    )
    _, job = only_resource(stacks["compute"], "AWS::Batch::JobDefinition")
    assert _region_variables(job["ContainerProperties"]) == REGION
    _, task = only_resource(stacks["ingress"], "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    assert _region_variables(container) == REGION
