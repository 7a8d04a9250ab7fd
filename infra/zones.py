"""Availability zones of the networks, read from the operator's account.

A template without an account knows only the first two zones of a region. The CDK command therefore gets the
names of three, if the region has them, as the choice ``zones``. A network that exists keeps its zones.
"""

import ipaddress
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from infra.account import PrerequisiteMissing, client
from infra.configuration import Configuration

_MAX_ZONES: Final = 3
_UNSUITABLE: Final = frozenset({"use1-az3", "usw1-az2", "cac1-az3", "apne1-az3"})
"""Ids of old zones that Fargate or newer machine types do not support ("Supported Regions for Amazon ECS on
AWS Fargate" lists the supported zones of three of their regions)."""


def zone_choice(configuration: Configuration) -> str | None:
    """Return the names for the choice ``zones``, or None if it is made, or if there is no network.

    Raises: PrerequisiteMissing: the operator may not read zones and subnets. A synthesis with two zones by
        default would remove the third one of an existing network.
    """
    if configuration.zones is not None or configuration.emulator:
        return None
    try:
        ec2 = client("ec2", configuration.region)
        zones = _deployed_zones(ec2, configuration) or _first_zones(ec2)
    except (BotoCoreError, ClientError) as error:
        raise PrerequisiteMissing(
            f"The availability zones of {configuration.region} cannot be read: {error}\n"
            "Allow ec2:DescribeAvailabilityZones and ec2:DescribeSubnets, or name two or three zones: "
            f"-c zones={configuration.region}a,{configuration.region}b"
        ) from error
    return ",".join(zones) if len(zones) > 1 else None


def _deployed_zones(ec2: Any, configuration: Configuration) -> list[str]:
    """Return the zones of the workers' network, in the order of its subnets; empty if there is none."""
    stack = {"Name": "tag:aws:cloudformation:stack-name", "Values": [f"{configuration.name}-compute"]}
    subnets = ec2.describe_subnets(Filters=[stack])["Subnets"]
    ordered = sorted(subnets, key=lambda each: ipaddress.ip_network(each["CidrBlock"]))
    return [str(each["AvailabilityZone"]) for each in ordered]


def _first_zones(ec2: Any) -> list[str]:
    """Return the names of the first three suitable zones, in the order of ``Fn::GetAZs``: by name."""
    filters = {"zone-type": "availability-zone", "state": "available", "opt-in-status": "opt-in-not-required"}
    answer = ec2.describe_availability_zones(
        Filters=[{"Name": name, "Values": [value]} for name, value in filters.items()]
    )
    found = [each["ZoneName"] for each in answer["AvailabilityZones"] if each["ZoneId"] not in _UNSUITABLE]
    return sorted(found)[:_MAX_ZONES]
