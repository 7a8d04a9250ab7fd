"""The streaming ingress: containers that take uploads of any size, behind a load balancer of their own.

Made only where it is chosen. CloudFront, in the stack of the API, sends it the two routes that take files.
"""

from typing import Final

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as balancing
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.acknowledged import acknowledge
from infra.constructs.network import network
from infra.constructs.upload_service import PORT, UploadService
from infra.functions import INGRESS_TITLE
from infra.names import Names

_CIDR: Final = "10.21.0.0/16"
_BALANCER_PORT: Final = 80

IDLE_SECONDS: Final = 120
"""A sender that is silent for so long has gone. The service keeps connections for ten seconds more."""

DRAIN_SECONDS: Final = 3600
"""A container that is to go takes no new uploads, and has this long to end those that are under way: the
most that a load balancer waits. ECS sends SIGTERM after that."""


class IngressStack(Stack):
    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-ingress",
            description="Streaming ingress of VideoVector Server: uploads of any size.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
        )
        self._configuration = configuration
        self._names = Names(configuration)
        self._vpc = network(self, self._names, "uploads", _CIDR, inner=True)
        outside = self._group("Balancer", "From CloudFront, which alone has a way in.")
        inside = self._group("Containers", "From the load balancer alone; out to AWS.", outbound=True)
        _let_cloudfront_in(outside)
        inside.add_ingress_rule(outside, ec2.Port.tcp(PORT), "Load balancer")
        outside.add_egress_rule(inside, ec2.Port.tcp(PORT), "Containers")
        balancer = self._balancer(outside)
        listener = balancer.add_listener(
            "Http", port=_BALANCER_PORT, protocol=balancing.ApplicationProtocol.HTTP, open=False
        )
        targets = self._targets(UploadService(self, self._names, self._vpc, inside))
        listener.add_target_groups("Uploads", target_groups=[targets])
        origin = self._origin(balancer)
        origin.node.add_dependency(listener, self._vpc)
        self._export("IngressOrigin", origin.attr_id)
        self._export("IngressHost", balancer.load_balancer_dns_name)
        self._export("IngressBalancer", balancer.load_balancer_full_name)
        self._export("IngressTargets", targets.target_group_full_name)

    def _group(self, title: str, description: str, *, outbound: bool = False) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, title, vpc=self._vpc, description=description, allow_all_outbound=outbound
        )

    def _balancer(self, group: ec2.ISecurityGroup) -> balancing.ApplicationLoadBalancer:
        """Without any address that can be reached from outside."""
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
        acknowledge(balancer, ELB2="The service logs every request, with its id and no secrets.")
        return balancer

    def _targets(self, uploads: UploadService) -> balancing.ApplicationTargetGroup:
        """The container with the fewest uploads gets the next: how long one takes is the sender's affair."""
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
        """Users speak TLS with CloudFront; from there it is AWS's own network into this one."""
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


def _let_cloudfront_in(balancer: ec2.SecurityGroup) -> None:
    """From any address, as an address is no way in: the load balancer has no public one, its subnets know no
    gateway, and CloudFront has the only interface into them from outside. What comes through it has
    CloudFront's addresses, not this network's; those are a list whose id differs by region, or a group that
    CloudFront makes with the first origin: neither is known while synthesising.

    Source: "Restrict access with VPC origins" in CloudFront's developer guide.
    """
    balancer.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_BALANCER_PORT), "CloudFront")
    acknowledge(
        balancer,
        EC23="The load balancer is internal, in subnets without a gateway: only CloudFront's VPC origin and "
        "this network's own containers have a way to it.",
    )
