"""VPC for containers."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.constructs.log_group import one_month_log_group
from infra.names import Names


def network(scope: Construct, names: Names, title: str, cidr: str, *, isolated: bool = False) -> ec2.Vpc:
    """Create a VPC with public subnets and no NAT gateway, which costs 35 USD a month in each zone.

    Containers have public addresses while they run; their security groups accept no connections from the
    internet. Media and records, which cause the most traffic, go through free S3 and DynamoDB gateway
    endpoints. ``isolated`` adds subnets without a route to the internet.
    """
    public = ec2.SubnetConfiguration(
        name=title, subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=20, map_public_ip_on_launch=True
    )
    isolated_subnets = ec2.SubnetConfiguration(
        name="inner", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
    )
    vpc = ec2.Vpc(
        scope,
        "Network",
        ip_addresses=ec2.IpAddresses.cidr(cidr),
        max_azs=3,
        nat_gateways=0,
        restrict_default_security_group=False,
        subnet_configuration=[public, *([isolated_subnets] if isolated else [])],
        gateway_endpoints={
            "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
            "DynamoDb": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.DYNAMODB),
        },
    )
    log = one_month_log_group(scope, "NetworkLog", f"/aws/vpc/{names.of(title)}")
    vpc.add_flow_log(
        "Refused",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(log),
        traffic_type=ec2.FlowLogTrafficType.REJECT,
    )
    return vpc
