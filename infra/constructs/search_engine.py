"""OpenSearch for the search index, as a managed domain."""

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
from infra.constructs.acknowledged import acknowledge
from infra.constructs.month_log import month_log

ENGINE_VERSION: Final = "OpenSearch_2.19"
_SLOW_LOGS: Final = ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS")


@dataclass(frozen=True, slots=True)
class SearchEngineMade:
    """``more`` is what an engine of its kind is known by beside its name."""

    name: str
    endpoint: str
    arn: str
    more: Mapping[str, str] = field(default_factory=dict)


def managed_domain(scope: Construct, configuration: Configuration, key: kms.IKey) -> SearchEngineMade:
    """Identities of this account reach it as their own policies say; nobody else does, and each request
    is signed.

    CloudFormation makes its name: with one of ours, a domain that was retained when its stack went would
    be in the way of the next. Outside a VPC, as the functions are: in one, they would need endpoints for
    every service they call, each of which costs more when idle than the domain does.

    Another ENGINE_VERSION upgrades it in its place: CloudFormation would make another, empty one otherwise.
    """
    sizing = configuration.sizing
    group = month_log(scope, "SearchLogs", f"/aws/opensearch/{configuration.name}")
    domain = opensearch.CfnDomain(
        scope,
        "SearchDomain",
        engine_version=ENGINE_VERSION,
        access_policies=_left_to_identities(configuration),
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
    domain.node.add_dependency(_let_it_write(scope, configuration, group))
    domain.cfn_options.update_policy = CfnUpdatePolicy(enable_version_upgrade=True)
    keep(domain, configuration)
    acknowledge(
        domain,
        OS1="The functions are outside a VPC; requests are signed and identities hold least privilege.",
        OS3="Whoever may ask is known by a signature, which an address is not.",
        OS4="Dedicated master nodes cost more than the data nodes of either size; snapshots are hourly.",
        OS7="One node in the size that costs little when idle: the index can be rebuilt from the records.",
    )
    return SearchEngineMade(domain.ref, f"https://{domain.attr_domain_endpoint}:443", domain.attr_arn)


def _left_to_identities(configuration: Configuration) -> dict[str, Any]:
    """A policy on a domain is about that domain only, whose name it cannot know."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:root"},
        "Action": "es:ESHttp*",
        "Resource": f"arn:{Aws.PARTITION}:es:{configuration.region}:{Aws.ACCOUNT_ID}:domain/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _zones(nodes: int) -> Any:
    return opensearch.CfnDomain.ZoneAwarenessConfigProperty(availability_zone_count=2) if nodes > 1 else None


def _let_it_write(
    scope: Construct, configuration: Configuration, group: logs.LogGroup
) -> logs.ResourcePolicy:
    """This service, for this account. It has to be there first: a domain that may not write its logs is
    refused ("Monitoring OpenSearch logs with Amazon CloudWatch Logs", AWS's developer guide)."""
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
    """One group for all kinds."""
    return {
        kind: opensearch.CfnDomain.LogPublishingOptionProperty(
            cloud_watch_logs_log_group_arn=group.log_group_arn, enabled=True
        )
        for kind in _SLOW_LOGS
    }


def keep(resource: Any, configuration: Configuration) -> None:
    """It can be rebuilt from the records, which takes hours and asks for every model's output again. One
    whose stack never came to be has nothing in it, and would be paid for by the hour."""
    kept, protected = CfnDeletionPolicy, configuration.deletion_protection
    resource.cfn_options.deletion_policy = kept.RETAIN_EXCEPT_ON_CREATE if protected else kept.DELETE
    resource.cfn_options.update_replace_policy = kept.RETAIN if protected else kept.DELETE
