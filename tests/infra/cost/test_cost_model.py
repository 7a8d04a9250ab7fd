"""The cost model matches the templates, and the guide shows its results."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.cost import cost_model
from infra.cost.cost_model import ASSUMED_PRICES, table, video_hour, worker_hour
from infra.sizes import SIZINGS, Size
from infra.state_machines import DEFINITIONS, STEPS, Tasks
from layers.lock_files import REPOSITORY
from shared.services.runs.pipeline import shard
from shared.settings import Settings
from tests.infra.conftest import Template
from tests.infra.templates import only_resource, properties, resources


def guide() -> str:
    return (REPOSITORY / "docs" / "aws-guide.md").read_text(encoding="utf-8")


def definition_of(workflow: str) -> Mapping[str, Any]:
    names = {step for steps in STEPS.values() for step in steps}
    tasks = Tasks(dict.fromkeys(names, "arn"), "queue", "definition", 4)
    return DEFINITIONS[workflow](tasks)


def transitions_of_success(machine: Mapping[str, Any]) -> int:
    """Count the transitions of a successful execution, which takes the first branch of each choice."""
    count, name = 0, machine["StartAt"]
    while name:
        state = machine["States"][name]
        count += 1
        name = state["Choices"][0]["Next"] if "Choices" in state else state.get("Next", "")
    return count


def test_cost_model_prices_worker_of_template(stacks: Mapping[str, Template]) -> None:
    sizing = SIZINGS[Size.IDLE_ZERO]
    _, job = only_resource(stacks["compute"], "AWS::Batch::JobDefinition")
    container = job["ContainerProperties"]
    wanted = {each["Type"]: float(each["Value"]) for each in container["ResourceRequirements"]}
    assert wanted == {"VCPU": sizing.worker_vcpus, "MEMORY": sizing.worker_memory_gib * 1024}
    assert container["EphemeralStorage"]["SizeInGiB"] == sizing.worker_disk_gib
    assert container["RuntimePlatform"]["CpuArchitecture"] == "X86_64"  # Fargate on Arm has other prices
    kinds = {
        each["ComputeResources"]["Type"]
        for each in properties(stacks["compute"], "AWS::Batch::ComputeEnvironment")
    }
    assert kinds == {"FARGATE", "FARGATE_SPOT"}


def test_records_and_workflows_are_billed_by_use(stacks: Mapping[str, Template]) -> None:
    _, records = only_resource(stacks["data"], "AWS::DynamoDB::GlobalTable")
    assert records["BillingMode"] == "PAY_PER_REQUEST"
    machines = properties(stacks["processing"], "AWS::StepFunctions::StateMachine")
    assert len(machines) == len(DEFINITIONS)
    assert all(each.get("StateMachineType", "STANDARD") == "STANDARD" for each in machines)


def test_guide_names_resources_with_idle_cost(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    _, domain = only_resource(stacks["data"], "AWS::OpenSearchService::Domain")
    assert domain["ClusterConfig"]["InstanceType"] == "t3.small.search"
    assert domain["ClusterConfig"]["InstanceCount"] == 1
    assert domain["EBSOptions"]["VolumeSize"] == 20
    sizing = SIZINGS[Size.STANDARD]
    assert (sizing.search_instance, sizing.search_nodes, sizing.search_disk_gib) == (
        "r7g.large.search",
        2,
        100,
    )
    for templates, alarms in ((stacks, 75), (standard, 142)):
        assert len(resources(templates["observability"], "AWS::CloudWatch::Alarm")) == alarms
        assert f"{alarms}" in guide()
    everything = [each["Type"] for template in stacks.values() for each in template["Resources"].values()]
    idle = {"AWS::EC2::NatGateway", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::EIP"}
    assert idle.isdisjoint(everything)
    assert everything.count("AWS::KMS::Key") == 1


def test_transition_counts_match_workflows() -> None:
    run = definition_of("prompt_run")
    shards = run["States"]["Shards"]["ItemProcessor"]
    assert transitions_of_success(definition_of("ingest")) == cost_model.TRANSITIONS_OF_IMPORT
    assert transitions_of_success(run) == cost_model.TRANSITIONS_OF_RUN
    assert transitions_of_success(shards) == cost_model.TRANSITIONS_OF_SHARD


def test_part_and_shard_lengths_match_pipeline() -> None:
    assert Settings.model_fields["max_part_seconds"].default == cost_model.PART_SECONDS
    assert shard._SECONDS == cost_model.SHARD_SECONDS


def test_smallest_worker_has_cores_of_measured_machine() -> None:
    needed = cost_model.CORES_OF_MEASUREMENT * cost_model.VCPUS_PER_CORE
    assert all(sizing.worker_vcpus >= needed for sizing in SIZINGS.values())


def test_worker_hour_adds_vcpus_memory_and_disk() -> None:
    sizing = SIZINGS[Size.IDLE_ZERO]
    by_hand = 4 * 0.04048 + 16 * 0.004445 + 80 * 0.000111
    assert worker_hour(sizing) == pytest.approx(by_hand)
    assert worker_hour(sizing, spot=True) == pytest.approx(by_hand * 0.3)


def test_video_hour_is_sum_of_its_parts() -> None:
    found = video_hour(Size.IDLE_ZERO)
    assert found.worker_hours == pytest.approx((57 / 309) + (0.58 / 44.1) + 3 * 120 / 3600)
    assert found.workers == pytest.approx(found.worker_hours * worker_hour(SIZINGS[Size.IDLE_ZERO]))
    assert found.storage_a_month == pytest.approx(2.25 * 0.023)
    dearer = replace(ASSUMED_PRICES, vcpu_hour=2 * ASSUMED_PRICES.vcpu_hour)
    assert video_hour(Size.IDLE_ZERO, dearer).workers > found.workers
    again = video_hour(Size.IDLE_ZERO, analysed_before=True)
    assert again.once < found.once
    assert again.storage_a_month == 0


def test_guide_shows_costs_of_model() -> None:
    assert table() in guide()
