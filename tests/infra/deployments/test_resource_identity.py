"""Stateful resources are never replaced, neither by changed choices nor by a new version.

CloudFormation replaces a resource when its logical id changes, or a property that AWS's schema marks
create-only. It cannot replace a resource with a fixed name at all: the name is taken, so the update fails.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.infra.conftest import SynthesiseAll, Template

STATEFUL_RESOURCES: Final = {
    "AWS::DynamoDB::GlobalTable": "Records091F6ECA",
    "AWS::KMS::Key": "Key961B73FD",
    "AWS::S3::Bucket": "MediaA721A567",
    "AWS::OpenSearchService::Domain": "SearchDomain",
    "AWS::Cognito::UserPool": "Users0A0EEA89",
    "AWS::Cognito::UserPoolClient": "UsersClient3B43F2CF",
}
"""Logical ids of stateful resources. They must never change, because existing deployments depend on them."""

_SEARCH: Final = ("AWS::OpenSearchServerless::Collection", "AWS::OpenSearchServerless::CollectionGroup")

CHANGES: Final[Mapping[str, tuple[dict[str, str], dict[str, str]]]] = {
    "size": ({}, {"size": "standard"}),
    "size of a collection": (
        {"search_engine": "serverless"},
        {"search_engine": "serverless", "size": "standard"},
    ),
    "protection": ({}, {"deletion_protection": "false"}),
    "edge": (
        {},
        {
            "web_firewall": "true",
            "streaming_ingress": "true",
            "ingress_image": "registry.example/ingress:1",
            "domain_name": "archive.example.com",
            "certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/one",
            "browser_origins": "https://a.example",
        },
    ),
    "worker": (
        {},
        {
            "worker": "gpu",
            "worker_spot": "false",
            "worker_image": "registry.example/worker:1",
            "alarm_email": "operator@example.com",
        },
    ),
}
"""Choices before and after each change."""

Change = tuple[Mapping[str, Template], Mapping[str, Template]]


@pytest.fixture(scope="module", params=CHANGES)
def change(
    request: pytest.FixtureRequest, synthesise_all: SynthesiseAll, stacks: Mapping[str, Template]
) -> Change:
    before, after = CHANGES[request.param]
    return (synthesise_all(**before) if before else stacks), synthesise_all(**after)


def test_stateful_resources_keep_logical_ids(stacks: Mapping[str, Template]) -> None:
    deployed = stacks["data"]["Resources"]
    assert {kind: deployed[name]["Type"] for kind, name in STATEFUL_RESOURCES.items()} == {
        kind: kind for kind in STATEFUL_RESOURCES
    }


def test_changed_choices_replace_no_stateful_resource(
    change: Change,
) -> None:
    before, after = change
    kept = {
        name
        for name, each in before["data"]["Resources"].items()
        if each["Type"] in (*STATEFUL_RESOURCES, *_SEARCH)
    }
    assert len(kept) >= len(STATEFUL_RESOURCES)
    assert kept <= set(after["data"]["Resources"])
    assert not kept & {name for name, _ in _replaced(before["data"], after["data"])}


def test_changed_choices_replace_no_resource_with_fixed_name(
    change: Change,
) -> None:
    before, after = change
    conflicts = [
        (stack, name, sorted(changed))
        for stack in set(before) & set(after)
        for name, changed in _replaced(before[stack], after[stack])
        if _has_same_fixed_name(before[stack]["Resources"][name], after[stack]["Resources"][name])
    ]
    assert not conflicts


def _replaced(before: Template, after: Template) -> Iterator[tuple[str, set[str]]]:
    """Yield logical ids of resources in both templates that must be replaced, with the create-only
    changes."""
    for name, old in before["Resources"].items():
        new = after["Resources"].get(name)
        if new is None:
            continue
        changed = {
            each
            for each in _create_only(old["Type"])
            if _value_at(old.get("Properties", {}), each) != _value_at(new.get("Properties", {}), each)
        }
        if changed or new["Type"] != old["Type"]:
            yield name, changed


def _create_only(kind: str) -> tuple[str, ...]:
    """Return the create-only property paths in AWS's schema; none for types that are not AWS's."""
    from cfnlint.schema._exceptions import ResourceNotFoundError
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    except ResourceNotFoundError:
        return ()
    found = [*schema.get("createOnlyProperties", ()), *schema.get("conditionalCreateOnlyProperties", ())]
    return tuple(each.removeprefix("/properties/") for each in found)


def _value_at(properties: Any, path: str) -> Any:
    for part in path.split("/"):
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties


def _has_same_fixed_name(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether both versions of a resource have the same explicit name."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", old["Type"]).schema
    identifiers = {each.removeprefix("/properties/") for each in schema.get("primaryIdentifier", ())}
    writable = identifiers - {
        each.removeprefix("/properties/") for each in schema.get("readOnlyProperties", ())
    }
    named = writable | {
        each for each in schema["properties"] if each.endswith("Name") and each in _create_only(old["Type"])
    }
    described = old.get("Properties", {})
    return any(each in described and described[each] == new["Properties"].get(each) for each in named)
