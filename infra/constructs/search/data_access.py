"""Data access policies of an OpenSearch Serverless collection."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchserverless as serverless
from constructs import Construct

from infra.names import SEARCH_INDEX_PREFIX, Names
from infra.permissions import Capability

_INDEX_PERMISSIONS: Final[Mapping[Capability, Sequence[str]]] = {
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
_COLLECTION_PERMISSIONS: Final[Mapping[Capability, Sequence[str]]] = {
    Capability.FORGET_DOCUMENTS: ("DescribeCollectionItems",),
    Capability.INDEX_DOCUMENTS: (
        "CreateCollectionItems",
        "DeleteCollectionItems",
        "DescribeCollectionItems",
        "UpdateCollectionItems",
    ),
}
"""Permissions of each capability. Source: "Supported operations and plugins in Amazon OpenSearch Serverless",
AWS's developer guide."""


def grant_document_access(
    scope: Construct, names: Names, roles: Collection[tuple[iam.IRole, Collection[Capability]]]
) -> None:
    """Create the collection's data access policy for the roles of one stack.

    A role needs both: IAM permission to reach the collection, and a data access policy for its documents.
    Roles without a capability for documents are ignored.
    """
    collection = names.exported("SearchName")
    entries = []
    for capability, index_permissions in _INDEX_PERMISSIONS.items():
        if allowed := [role.role_arn for role, capabilities in roles if capability in capabilities]:
            indexes = f"index/{collection}/{SEARCH_INDEX_PREFIX}*"
            rules = [_rule("index", indexes, index_permissions)]
            if collection_permissions := _COLLECTION_PERMISSIONS.get(capability):
                rules.append(_rule("collection", f"collection/{collection}", collection_permissions))
            entries.append({"Rules": rules, "Principal": allowed})
    title = scope.node.id.removeprefix(f"{names.configuration.name}-")
    serverless.CfnAccessPolicy(
        scope, "SearchAccess", name=names.of(title)[:32], type="data", policy=to_json(scope, entries)
    )


def _rule(kind: str, resource: str, permissions: Sequence[str]) -> dict[str, Any]:
    allowed = [f"aoss:{permission}" for permission in permissions]
    return {"ResourceType": kind, "Resource": [resource], "Permission": allowed}


def to_json(scope: Construct, value: Any) -> str:
    """Render a policy, which may contain unresolved CDK tokens, as JSON."""
    text: str = Stack.of(scope).to_json_string(value)
    return text
