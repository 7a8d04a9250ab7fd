"""Ingress stack: containers that pass on files of any size, behind an internal load balancer.

The stack is optional. CloudFront, in the API stack, forwards the routes of uploads and downloads to it.
"""

from typing import Final

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as balancing
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.acknowledgments import acknowledge
from infra.constructs.ingress_service import PORT, IngressService
from infra.constructs.network import network
from infra.containers import INGRESS_TITLE
from infra.names import Names

_CIDR: Final = "10.21.0.0/16"
_BALANCER_PORT: Final = 80

IDLE_SECONDS: Final = 120
"""Idle timeout of the load balancer. The service keeps connections ten seconds longer."""

DRAIN_SECONDS: Final = 3600
"""Deregistration delay: time for a container that is being stopped to finish its uploads. It receives no new
uploads. 3,600 s is the longest delay of a load balancer; ECS sends SIGTERM afterwards."""


class IngressStack(Stack):
    """Network, load balancer, ECS service and CloudFront's VPC origin."""

    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-ingress",
            description="Streaming ingress of VideoVector Server: uploads and downloads of any size.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
        )
        self._configuration = configuration
        self._names = Names(configuration)
        self._vpc = network(self, self._names, "uploads", _CIDR, isolated=True)
        outside = self._security_group("Balancer", "From CloudFront, which alone has a way in.")
        inside = self._security_group(
            "Containers", "From the load balancer alone; out to AWS.", outbound=True
        )
        _allow_cloudfront(outside)
        inside.add_ingress_rule(outside, ec2.Port.tcp(PORT), "Load balancer")
        outside.add_egress_rule(inside, ec2.Port.tcp(PORT), "Containers")
        balancer = self._balancer(outside)
        listener = balancer.add_listener(
            "Http", port=_BALANCER_PORT, protocol=balancing.ApplicationProtocol.HTTP, open=False
        )
        targets = self._targets(IngressService(self, self._names, self._vpc, inside))
        listener.add_target_groups("Uploads", target_groups=[targets])
        origin = self._origin(balancer)
        origin.node.add_dependency(listener, self._vpc)
        self._export("IngressOrigin", origin.attr_id)
        self._export("IngressHost", balancer.load_balancer_dns_name)
        self._export("IngressBalancer", balancer.load_balancer_full_name)
        self._export("IngressTargets", targets.target_group_full_name)

    def _security_group(self, title: str, description: str, *, outbound: bool = False) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, title, vpc=self._vpc, description=description, allow_all_outbound=outbound
        )

    def _balancer(self, group: ec2.ISecurityGroup) -> balancing.ApplicationLoadBalancer:
        """Create the load balancer, which is internal and has no public address."""
        balancer = balancing.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            load_balancer_name=self._names.of(INGRESS_TITLE),
            vpc=self._vpc,
            internet_facing=False,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_group=group,
            idle_timeout=Duration.seconds(IDLE_SECONDS),
            drop_invalid_header_fields=True,
            deletion_protection=self._configuration.deletion_protection,
        )
        acknowledge(balancer, ELB2="The service logs every request with its id and without secrets.")
        return balancer

    def _targets(self, uploads: IngressService) -> balancing.ApplicationTargetGroup:
        """Create the target group, which routes an upload to the container with the fewest open uploads.

        Uploads differ in duration, because it depends on the sender's bandwidth.
        """
        return balancing.ApplicationTargetGroup(
            self,
            "Targets",
            target_group_name=self._names.of(INGRESS_TITLE),
            vpc=self._vpc,
            port=PORT,
            protocol=balancing.ApplicationProtocol.HTTP,
            target_type=balancing.TargetType.IP,
            targets=[uploads.service],
            load_balancing_algorithm_type=balancing.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
            deregistration_delay=Duration.seconds(DRAIN_SECONDS),
            health_check=balancing.HealthCheck(
                path="/health", interval=Duration.seconds(15), timeout=Duration.seconds(5)
            ),
        )

    def _origin(self, balancer: balancing.ApplicationLoadBalancer) -> cloudfront.CfnVpcOrigin:
        """Create CloudFront's VPC origin.

        Clients use TLS to CloudFront. CloudFront reaches the VPC over AWS's private network with HTTP.
        """
        return cloudfront.CfnVpcOrigin(
            self,
            "Origin",
            vpc_origin_endpoint_config=cloudfront.CfnVpcOrigin.VpcOriginEndpointConfigProperty(
                name=self._names.of(INGRESS_TITLE),
                arn=balancer.load_balancer_arn,
                http_port=_BALANCER_PORT,
                origin_protocol_policy="http-only",
            ),
        )

    def _export(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value, export_name=self._names.of(name))


def _allow_cloudfront(balancer: ec2.SecurityGroup) -> None:
    """Allow connections to the load balancer from any address.

    The rule opens nothing to the internet: the load balancer has no public address, its subnets have no
    internet gateway, and CloudFront's VPC origin is the only interface to them from outside. Its connections
    have CloudFront's addresses, not the VPC's. A narrower rule would need the id of CloudFront's prefix list,
    which differs by region, or of a security group that CloudFront creates with the first origin. Neither is
    known at synthesis.

    Source: "Restrict access with VPC origins" in CloudFront's developer guide.
    """
    balancer.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_BALANCER_PORT), "CloudFront")
    acknowledge(
        balancer,
        EC23="The load balancer is internal, in subnets without an internet gateway. Only CloudFront's VPC "
        "origin and the containers in this VPC can reach it.",
    )
