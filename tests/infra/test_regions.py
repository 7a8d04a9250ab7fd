"""Containers are told where they are, by both names: ECS tells it to none on machines with a GPU."""

from collections.abc import Mapping
from typing import Any

from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import the_only

REGION = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


def _told(container: Mapping[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in container["Environment"] if each["Name"] in REGION}


def test_every_container_is_told_its_region(synthesise_all: SynthesiseAll) -> None:
    stacks: Mapping[str, Template] = synthesise_all(
        region="eu-west-1",
        worker="gpu",
        streaming_ingress="true",
        ingress_image="registry.example/ingress:1",
        domain_name="archive.example.com",
        certificate_arn="arn:aws:acm:us-east-1:111122223333:certificate/one",
    )
    _, job = the_only(stacks["compute"], "AWS::Batch::JobDefinition")
    assert _told(job["ContainerProperties"]) == REGION
    _, task = the_only(stacks["ingress"], "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    assert _told(container) == REGION
