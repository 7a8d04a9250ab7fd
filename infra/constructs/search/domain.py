"""OpenSearch Service domain for the search index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aws_cdk import Aws, CfnDeletionPolicy, CfnUpdatePolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.acknowledgments import acknowledge
from infra.constructs.log_group import one_month_log_group

ENGINE_VERSION: Final = "OpenSearch_2.19"
_SLOW_LOGS: Final = ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS")


@dataclass(frozen=True, slots=True)
class ProvisionedSearchEngine:
    """A search engine that the stacks create. ``extra_exports`` are further exports of its kind of engine."""

    name: str
    endpoint: str
    arn: str
    extra_exports: Mapping[str, str] = field(default_factory=dict)


def managed_domain(scope: Construct, configuration: Configuration, key: kms.IKey) -> ProvisionedSearchEngine:
    """Create the domain. Only signed requests of this account's principals reach it, as their policies allow.

    CloudFormation generates the name. A fixed name would collide with a domain that was retained when its
    stack was deleted. The domain is outside a VPC, like the functions. Functions in a VPC would need an
    interface endpoint for each service that they call, and each endpoint costs more while idle than the
    domain.

    A changed ENGINE_VERSION upgrades the domain in place. Without the update policy, CloudFormation would
    replace it with an empty domain.
    """
    sizing = configuration.sizing
    group = one_month_log_group(scope, "SearchLogs", f"/aws/opensearch/{configuration.name}")
    domain = opensearch.CfnDomain(
        scope,
        "SearchDomain",
        engine_version=ENGINE_VERSION,
        access_policies=_access_policy(configuration),
        cluster_config=opensearch.CfnDomain.ClusterConfigProperty(
            instance_type=sizing.search_instance,
            instance_count=sizing.search_nodes,
            zone_awareness_enabled=sizing.search_nodes > 1,
            zone_awareness_config=_zones(sizing.search_nodes),
        ),
        ebs_options=opensearch.CfnDomain.EBSOptionsProperty(
            ebs_enabled=True, volume_type="gp3", volume_size=sizing.search_disk_gib
        ),
        encryption_at_rest_options=opensearch.CfnDomain.EncryptionAtRestOptionsProperty(
            enabled=True, kms_key_id=key.key_id
        ),
        node_to_node_encryption_options=opensearch.CfnDomain.NodeToNodeEncryptionOptionsProperty(
            enabled=True
        ),
        domain_endpoint_options=opensearch.CfnDomain.DomainEndpointOptionsProperty(
            enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
        ),
        log_publishing_options=_slow_logs(group),
    )
    domain.node.add_dependency(_allow_log_delivery(scope, configuration, group))
    domain.cfn_options.update_policy = CfnUpdatePolicy(enable_version_upgrade=True)
    retain_if_protected(domain, configuration)
    acknowledge(
        domain,
        OS1="The functions are outside a VPC. Requests are signed, and principals have the least privileges.",
        OS3="Access is granted to signed requests of IAM principals, not to IP addresses.",
        OS4="Dedicated master nodes cost more than the data nodes of either size. Snapshots are hourly.",
        OS7="The size with low idle costs has one node. The index can be rebuilt from the records.",
    )
    return ProvisionedSearchEngine(domain.ref, f"https://{domain.attr_domain_endpoint}:443", domain.attr_arn)


def _access_policy(configuration: Configuration) -> dict[str, Any]:
    """Return the domain's resource policy, which leaves access to the policies of the account's principals.

    The policy applies to its own domain only. Its resource is a wildcard, because the name is generated
    later.
    """
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:root"},
        "Action": "es:ESHttp*",
        "Resource": f"arn:{Aws.PARTITION}:es:{configuration.region}:{Aws.ACCOUNT_ID}:domain/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _zones(nodes: int) -> Any:
    return opensearch.CfnDomain.ZoneAwarenessConfigProperty(availability_zone_count=2) if nodes > 1 else None


def _allow_log_delivery(
    scope: Construct, configuration: Configuration, group: logs.LogGroup
) -> logs.ResourcePolicy:
    """Allow OpenSearch Service to write this account's domain logs.

    The policy must exist before the domain: AWS refuses to create a domain that cannot write its logs
    ("Monitoring OpenSearch logs with Amazon CloudWatch Logs", AWS's developer guide).
    """
    statement = iam.PolicyStatement(
        principals=[iam.ServicePrincipal("es.amazonaws.com")],
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[f"{group.log_group_arn}"],
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
    return logs.ResourcePolicy(
        scope,
        "SearchLogsPolicy",
        resource_policy_name=f"{configuration.name}-search-logs",
        policy_statements=[statement],
    )


def _slow_logs(group: logs.LogGroup) -> dict[str, Any]:
    """Publish all kinds of logs to one log group."""
    return {
        kind: opensearch.CfnDomain.LogPublishingOptionProperty(
            cloud_watch_logs_log_group_arn=group.log_group_arn, enabled=True
        )
        for kind in _SLOW_LOGS
    }


def retain_if_protected(resource: Any, configuration: Configuration) -> None:
    """Retain a resource of the search engine when its stack is deleted, if deletion protection is on.

    The index can be rebuilt from the records, but that takes hours and runs every model again. If the
    creation of the stack fails, the resource is deleted: it is empty and would be billed by the hour.
    """
    policy, protected = CfnDeletionPolicy, configuration.deletion_protection
    resource.cfn_options.deletion_policy = policy.RETAIN_EXCEPT_ON_CREATE if protected else policy.DELETE
    resource.cfn_options.update_replace_policy = policy.RETAIN if protected else policy.DELETE
