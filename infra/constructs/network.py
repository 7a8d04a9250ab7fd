"""VPC for containers."""

import ipaddress
from collections.abc import Sequence
from typing import Final, cast

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.constructs.log_group import one_month_log_group
from infra.names import Names

_PUBLIC_PREFIX: Final = 20
_ISOLATED_PREFIX: Final = 24
_DEFAULT_ZONES: Final = 2


def network(scope: Construct, names: Names, title: str, cidr: str, *, isolated: bool = False) -> ec2.Vpc:
    """Create a VPC with public subnets and no NAT gateway, which costs 35 USD a month in each zone.

    Containers have public addresses while they run; their security groups accept no connections from the
    internet. Media and records, which cause the most traffic, go through free S3 and DynamoDB gateway
    endpoints. ``isolated`` adds subnets without a route to the internet.

    Without chosen zones, the network has the first two of the region. A synthesis without credentials cannot
    know whether there is a third.
    """
    zones = names.configuration.zone_list
    public = ec2.SubnetConfiguration(
        name=title, subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=_PUBLIC_PREFIX, map_public_ip_on_launch=True
    )
    isolated_subnets = ec2.SubnetConfiguration(
        name="inner", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=_ISOLATED_PREFIX
    )
    vpc = ec2.Vpc(
        scope,
        "Network",
        ip_addresses=ec2.IpAddresses.cidr(cidr),
        max_azs=None if zones else _DEFAULT_ZONES,
        availability_zones=zones or None,
        nat_gateways=0,
        restrict_default_security_group=False,
        subnet_configuration=[public, *([isolated_subnets] if isolated else [])],
        gateway_endpoints={
            "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
            "DynamoDb": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.DYNAMODB),
        },
    )
    _fix_address_ranges(cidr, vpc.public_subnets, vpc.isolated_subnets)
    log = one_month_log_group(scope, "NetworkLog", f"/aws/vpc/{names.of(title)}")
    vpc.add_flow_log(
        "Refused",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(log),
        traffic_type=ec2.FlowLogTrafficType.REJECT,
    )
    return vpc


def _fix_address_ranges(cidr: str, public: Sequence[ec2.ISubnet], isolated: Sequence[ec2.ISubnet]) -> None:
    """Set each subnet's address range, so that a third zone changes no subnet of the first two.

    The CDK gives ranges to all public subnets before all isolated ones. A third public subnet would take the
    range of the isolated subnets, and CloudFormation cannot replace a subnet that is in use.
    """
    blocks = list(ipaddress.IPv4Network(cidr).subnets(new_prefix=_PUBLIC_PREFIX))
    ranges = [blocks[0], blocks[1], blocks[3]], list(blocks[2].subnets(new_prefix=_ISOLATED_PREFIX))
    for subnets, own in zip((public, isolated), ranges, strict=True):
        for subnet, addresses in zip(subnets, own, strict=False):
            resource = cast("ec2.CfnSubnet", subnet.node.default_child)
            resource.cidr_block = str(addresses)
