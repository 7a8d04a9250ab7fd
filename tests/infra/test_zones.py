"""Availability zones, read with the operator's credentials and handed to the stacks."""

from collections.abc import Mapping
from typing import Final

import pytest

from infra import prerequisites
from tests.infra.aws_endpoint import AwsEndpoint, Subnet, Zone
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties, resources

FRANKFURT: Final = (
    Zone("eu-central-1-ham-1a", "euc1-ham1-az1", kind="local-zone"),
    Zone("eu-central-1d", "euc1-az4", opt_in="not-opted-in"),
    Zone("eu-central-1c", "euc1-az1"),
    Zone("eu-central-1a", "euc1-az2"),
    Zone("eu-central-1b", "euc1-az3"),
    Zone("eu-central-1e", "euc1-az5"),
)
TWO: Final = (Subnet("eu-central-1b", "10.20.16.0/20"), Subnet("eu-central-1a", "10.20.0.0/20"))
THREE: Final = (*TWO, Subnet("eu-central-1f", "10.20.48.0/20"))
IMAGE: Final = ("-c", "worker_image=registry.example/worker:1")
CIDRS: Final = ["10.21.0.0/20", "10.21.16.0/20", "10.21.32.0/24", "10.21.33.0/24"]


def printed(
    endpoint: AwsEndpoint,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
) -> str:
    """Return the arguments for the CDK command."""
    for name, value in endpoint.environment.items():
        monkeypatch.setenv(name, value)
    with endpoint:
        assert prerequisites.main(arguments) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", ["deploy", "diff"])
def test_new_deployment_has_first_three_zones_of_region(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Local zones, zones that need an opt-in, and a fourth zone are left out."""
    found = printed(AwsEndpoint(zones=FRANKFURT), monkeypatch, capsys, command, *IMAGE)
    assert found == "-c zones=eu-central-1a,eu-central-1b,eu-central-1c\n"


def test_zone_without_fargate_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    zones = [Zone("us-west-1a", "usw1-az2"), Zone("us-west-1b", "usw1-az3"), Zone("us-west-1c", "usw1-az1")]
    region = ("-c", "region=us-west-1")
    found = printed(AwsEndpoint(zones=zones), monkeypatch, capsys, "deploy", *region, *IMAGE)
    assert found == "-c zones=us-west-1b,us-west-1c\n"


@pytest.mark.parametrize(
    ("subnets", "zones"),
    [(TWO, "eu-central-1a,eu-central-1b"), (THREE, "eu-central-1a,eu-central-1b,eu-central-1f")],
)
def test_existing_network_keeps_its_zones(
    subnets: tuple[Subnet, ...],
    zones: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = printed(AwsEndpoint(zones=FRANKFURT, subnets=subnets), monkeypatch, capsys, "deploy", *IMAGE)
    assert found == f"-c zones={zones}\n"


@pytest.mark.parametrize(
    "choice", ["zones=eu-central-1a,eu-central-1c", "emulator=true"], ids=["chosen", "emulator"]
)
def test_zones_are_not_read_if_chosen_or_emulated(
    choice: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = AwsEndpoint(denied=["DescribeSubnets", "DescribeAvailabilityZones"])
    assert printed(endpoint, monkeypatch, capsys, "diff", "-c", choice) == ""


def test_unreadable_zones_stop_deployment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two zones by default would remove the third subnet of an existing network."""
    endpoint = AwsEndpoint(denied=["DescribeSubnets"])
    for name, value in endpoint.environment.items():
        monkeypatch.setenv(name, value)
    with endpoint:
        assert prerequisites.main(["deploy", *IMAGE]) == 2
    output = capsys.readouterr()
    assert "Allow ec2:DescribeAvailabilityZones and ec2:DescribeSubnets" in output.err
    assert "-c zones=eu-central-1a,eu-central-1b" in output.err
    assert not output.out


def subnets(template: Template) -> Mapping[str, tuple[str, str]]:
    """Return zone and address range of each subnet by logical id."""
    return {
        name: (str(each["Properties"]["AvailabilityZone"]), each["Properties"]["CidrBlock"])
        for name, each in resources(template, "AWS::EC2::Subnet").items()
    }


def test_synthesis_without_credentials_has_two_zones(
    stacks: Mapping[str, Template], synthesise_all: SynthesiseAll
) -> None:
    assert len(subnets(stacks["compute"])) == 2
    ingress = synthesise_all(streaming_ingress="true")["ingress"]
    assert [cidr for _, cidr in subnets(ingress).values()] == CIDRS


def test_third_zone_moves_no_subnet_of_first_two(synthesise_all: SynthesiseAll) -> None:
    """CloudFormation cannot replace a subnet that is in use, and refuses overlapping ranges."""
    zones = "eu-central-1a,eu-central-1b"
    two = synthesise_all(streaming_ingress="true", zones=zones)
    three = synthesise_all(streaming_ingress="true", zones=f"{zones},eu-central-1c")
    for stack in ("compute", "ingress"):
        before, after = subnets(two[stack]), subnets(three[stack])
        assert before.items() < after.items()
        assert {zone for zone, _ in after.values()} == {*zones.split(","), "eu-central-1c"}
        assert len({cidr for _, cidr in after.values()}) == len(after)


def test_workers_use_all_three_zones(synthesise_all: SynthesiseAll) -> None:
    zones = "eu-central-1a,eu-central-1b,eu-central-1c"
    template = synthesise_all(streaming_ingress="true", zones=zones)["compute"]
    for each in properties(template, "AWS::Batch::ComputeEnvironment"):
        assert len(each["ComputeResources"]["Subnets"]) == 3
