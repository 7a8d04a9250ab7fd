"""OpenSearch Serverless vector collection for the search index."""

from typing import Any

from aws_cdk import Aws, Fn
from aws_cdk import aws_kms as kms
from aws_cdk import aws_opensearchserverless as serverless
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.search.data_access import to_json
from infra.constructs.search.domain import ProvisionedSearchEngine, retain_if_protected


def serverless_collection(
    scope: Construct, configuration: Configuration, key: kms.IKey
) -> ProvisionedSearchEngine:
    """Create a collection of the generation that scales to zero after ten idle minutes.

    Its name ends with eight characters of the stack id. Names are unique in an account, so the name of a
    retained collection must not collide with the next deployment's. Its policies and capacity group are
    retained with it.
    """
    name = f"{configuration.name}-{_stack_suffix()}"
    encryption = serverless.CfnSecurityPolicy(
        scope,
        "SearchEncryption",
        name=name,
        type="encryption",
        policy=to_json(scope, {"Rules": [_collection(name)], "AWSOwnedKey": False, "KmsARN": key.key_arn}),
    )
    network = serverless.CfnSecurityPolicy(
        scope,
        "SearchNetwork",
        name=name,
        type="network",
        policy=to_json(scope, [{"Rules": [_collection(name)], "AllowFromPublic": True}]),
    )
    group = _capacity_group(scope, configuration, name)
    collection = serverless.CfnCollection(
        scope,
        "SearchCollection",
        name=name,
        type="VECTORSEARCH",
        collection_group_name=group.name,
        standby_replicas=group.standby_replicas,
    )
    for needed in (encryption, network, group):
        collection.add_resource_dependency(needed)
        retain_if_protected(needed, configuration)
    retain_if_protected(collection, configuration)
    endpoint = f"{collection.attr_collection_endpoint}:443"
    exported = {"SearchId": collection.attr_id, "SearchGroupId": group.attr_id}
    return ProvisionedSearchEngine(name, endpoint, collection.attr_arn, exported)


def _capacity_group(
    scope: Construct, configuration: Configuration, name: str
) -> serverless.CfnCollectionGroup:
    """Create the collection group with its capacity limits.

    The minimum capacity is zero, the default of this generation. Standby replicas are enabled in both sizes,
    as in AWS's example commands for this generation, because the setting of a group or collection cannot be
    changed later.
    """
    sizing = configuration.sizing
    return serverless.CfnCollectionGroup(
        scope,
        "SearchCapacity",
        name=name,
        generation="NEXTGEN",
        standby_replicas="ENABLED",
        capacity_limits=serverless.CfnCollectionGroup.CapacityLimitsProperty(
            max_indexing_capacity_in_ocu=sizing.search_max_ocus,
            max_search_capacity_in_ocu=sizing.search_max_ocus,
        ),
    )


def _stack_suffix() -> str:
    """Return the first eight characters of the stack's UUID; the ARN ends with ``.../name/01234567-...``."""
    identifier: str = Fn.select(2, Fn.split("/", Aws.STACK_ID))
    return str(Fn.select(0, Fn.split("-", identifier)))


def _collection(name: str) -> dict[str, Any]:
    return {"ResourceType": "collection", "Resource": [f"collection/{name}"]}
