"""A network of its own for what runs in containers."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.constructs.month_log import month_log
from infra.names import Names


def network(scope: Construct, names: Names, title: str, cidr: str, *, inner: bool = False) -> ec2.Vpc:
    """Public subnets and no NAT gateway, which costs 35 USD a month in each zone: what runs there has
    addresses of its own while it runs, and nothing can reach it. What it reads and writes most, media and
    records, goes through gateways that cost nothing. ``inner``: subnets too that know no way out."""
    public = ec2.SubnetConfiguration(
        name=title, subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=20, map_public_ip_on_launch=True
    )
    isolated = ec2.SubnetConfiguration(
        name="inner", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
    )
    vpc = ec2.Vpc(
        scope,
        "Network",
        ip_addresses=ec2.IpAddresses.cidr(cidr),
        max_azs=3,
        nat_gateways=0,
        restrict_default_security_group=False,
        subnet_configuration=[public, *([isolated] if inner else [])],
        gateway_endpoints={
            "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
            "DynamoDb": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.DYNAMODB),
        },
    )
    log = month_log(scope, "NetworkLog", f"/aws/vpc/{names.of(title)}")
    vpc.add_flow_log(
        "Refused",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(log),
        traffic_type=ec2.FlowLogTrafficType.REJECT,
    )
    return vpc
