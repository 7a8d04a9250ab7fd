"""OpenSearch for the search index, as a vector collection of OpenSearch Serverless."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from aws_cdk import Aws, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_opensearchserverless as serverless
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.search_engine import SearchEngineMade, keep
from infra.names import SEARCH_INDEX_PREFIX, Names
from infra.permissions import Capability


def serverless_collection(scope: Construct, configuration: Configuration, key: kms.IKey) -> SearchEngineMade:
    """A vector collection of the generation that scales to nothing after ten idle minutes.

    Its name ends with eight characters of its stack's id: names are unique in an account, and one that was
    retained when its stack went must not be in the way of the next. Whatever it needs is kept with it.
    """
    name = f"{configuration.name}-{_of_this_stack()}"
    encryption = serverless.CfnSecurityPolicy(
        scope,
        "SearchEncryption",
        name=name,
        type="encryption",
        policy=_to_json(scope, {"Rules": [_collection(name)], "AWSOwnedKey": False, "KmsARN": key.key_arn}),
    )
    network = serverless.CfnSecurityPolicy(
        scope,
        "SearchNetwork",
        name=name,
        type="network",
        policy=_to_json(scope, [{"Rules": [_collection(name)], "AllowFromPublic": True}]),
    )
    group = _capacity(scope, configuration, name)
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
        keep(needed, configuration)
    keep(collection, configuration)
    endpoint = f"{collection.attr_collection_endpoint}:443"
    exported = {"SearchId": collection.attr_id, "SearchGroupId": group.attr_id}
    return SearchEngineMade(name, endpoint, collection.attr_arn, exported)


def _capacity(scope: Construct, configuration: Configuration, name: str) -> serverless.CfnCollectionGroup:
    """The least is nothing, which is the default of this generation. Standby replicas are what AWS's own
    commands for it have, in both sizes: neither group nor collection can be changed in this afterwards."""
    sizing = configuration.sizing
    return serverless.CfnCollectionGroup(
        scope,
        "SearchCapacity",
        name=name,
        generation="NEXTGEN",
        standby_replicas="ENABLED",
        capacity_limits=serverless.CfnCollectionGroup.CapacityLimitsProperty(
            max_indexing_capacity_in_ocu=sizing.search_most_ocus,
            max_search_capacity_in_ocu=sizing.search_most_ocus,
        ),
    )


_DOCUMENTS: Final[Mapping[Capability, Sequence[str]]] = {
    Capability.SEARCH: ("DescribeIndex", "ReadDocument"),
    Capability.FORGET_DOCUMENTS: ("DescribeIndex", "ReadDocument", "WriteDocument"),
    Capability.INDEX_DOCUMENTS: (
        "CreateIndex",
        "DeleteIndex",
        "DescribeIndex",
        "ReadDocument",
        "WriteDocument",
    ),
}
_ALIASES: Final[Mapping[Capability, Sequence[str]]] = {
    Capability.FORGET_DOCUMENTS: ("DescribeCollectionItems",),
    Capability.INDEX_DOCUMENTS: (
        "CreateCollectionItems",
        "DeleteCollectionItems",
        "DescribeCollectionItems",
        "UpdateCollectionItems",
    ),
}
"""After "Supported operations and plugins in Amazon OpenSearch Serverless", AWS's developer guide."""


def allow_documents(
    scope: Construct, names: Names, roles: Collection[tuple[iam.IRole, Collection[Capability]]]
) -> None:
    """The second half of a collection's permissions: IAM lets a role in, this policy lets it do things.

    Those without a capability for documents are passed over.
    """
    collection = names.exported("SearchName")
    entries = []
    for capability, documents in _DOCUMENTS.items():
        if allowed := [role.role_arn for role, capabilities in roles if capability in capabilities]:
            indexes = f"index/{collection}/{SEARCH_INDEX_PREFIX}*"
            rules = [_rule("index", indexes, documents)]
            if aliases := _ALIASES.get(capability):
                rules.append(_rule("collection", f"collection/{collection}", aliases))
            entries.append({"Rules": rules, "Principal": allowed})
    title = scope.node.id.removeprefix(f"{names.configuration.name}-")
    serverless.CfnAccessPolicy(
        scope, "SearchAccess", name=names.of(title)[:32], type="data", policy=_to_json(scope, entries)
    )


def _rule(kind: str, resource: str, permissions: Sequence[str]) -> dict[str, Any]:
    allowed = [f"aoss:{permission}" for permission in permissions]
    return {"ResourceType": kind, "Resource": [resource], "Permission": allowed}


def _of_this_stack() -> str:
    """Its ARN ends with an identifier of its own: ``.../name/01234567-...``."""
    identifier: str = Fn.select(2, Fn.split("/", Aws.STACK_ID))
    return str(Fn.select(0, Fn.split("-", identifier)))


def _to_json(scope: Construct, value: Any) -> str:
    text: str = Stack.of(scope).to_json_string(value)
    return text


def _collection(name: str) -> dict[str, Any]:
    return {"ResourceType": "collection", "Resource": [f"collection/{name}"]}
