"""What holds data stays the very same resource, whatever is chosen later and whichever version comes next.

CloudFormation makes a resource anew when its logical id changes, or a property that AWS's schema calls
create-only. One that we name cannot even be made anew: its name is taken, and the update fails.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.infra.conftest import SynthesiseAll, Template

HOLD_DATA: Final = {
    "AWS::DynamoDB::GlobalTable": "Records091F6ECA",
    "AWS::KMS::Key": "Key961B73FD",
    "AWS::S3::Bucket": "MediaA721A567",
    "AWS::OpenSearchService::Domain": "SearchDomain",
    "AWS::Cognito::UserPool": "Users0A0EEA89",
    "AWS::Cognito::UserPoolClient": "UsersClient3B43F2CF",
}
"""By their logical ids, which are a promise to every deployment that exists."""

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
    "work": (
        {},
        {
            "worker": "gpu",
            "worker_spot": "false",
            "worker_image": "registry.example/worker:1",
            "alarm_email": "operator@example.com",
        },
    ),
}
"""From what to what."""

Change = tuple[Mapping[str, Template], Mapping[str, Template]]


@pytest.fixture(scope="module", params=CHANGES)
def change(
    request: pytest.FixtureRequest, synthesise_all: SynthesiseAll, stacks: Mapping[str, Template]
) -> Change:
    before, after = CHANGES[request.param]
    return (synthesise_all(**before) if before else stacks), synthesise_all(**after)


def test_what_holds_data_has_the_ids_that_it_always_had(stacks: Mapping[str, Template]) -> None:
    made = stacks["data"]["Resources"]
    assert {kind: made[name]["Type"] for kind, name in HOLD_DATA.items()} == {
        kind: kind for kind in HOLD_DATA
    }


def test_no_change_of_choices_makes_anew_what_holds_data(
    change: Change,
) -> None:
    before, after = change
    kept = {
        name for name, each in before["data"]["Resources"].items() if each["Type"] in (*HOLD_DATA, *_SEARCH)
    }
    assert len(kept) >= len(HOLD_DATA)
    assert kept <= set(after["data"]["Resources"])
    assert not kept & {name for name, _ in _made_anew(before["data"], after["data"])}


def test_nothing_that_we_name_would_have_to_be_made_anew(
    change: Change,
) -> None:
    before, after = change
    stuck = [
        (stack, name, sorted(changed))
        for stack in set(before) & set(after)
        for name, changed in _made_anew(before[stack], after[stack])
        if _is_named_alike(before[stack]["Resources"][name], after[stack]["Resources"][name])
    ]
    assert not stuck


def _made_anew(before: Template, after: Template) -> Iterator[tuple[str, set[str]]]:
    """Logical ids that both have, with what changes of the properties that cannot be changed."""
    for name, old in before["Resources"].items():
        new = after["Resources"].get(name)
        if new is None:
            continue
        changed = {
            each
            for each in _create_only(old["Type"])
            if _at(old.get("Properties", {}), each) != _at(new.get("Properties", {}), each)
        }
        if changed or new["Type"] != old["Type"]:
            yield name, changed


def _create_only(kind: str) -> tuple[str, ...]:
    """Paths below the properties, as AWS's schema of the type has them; nothing of what is not AWS's."""
    from cfnlint.schema._exceptions import ResourceNotFoundError
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    except ResourceNotFoundError:
        return ()
    found = [*schema.get("createOnlyProperties", ()), *schema.get("conditionalCreateOnlyProperties", ())]
    return tuple(each.removeprefix("/properties/") for each in found)


def _at(properties: Any, path: str) -> Any:
    for part in path.split("/"):
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties


def _is_named_alike(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether both have the same name, and it is of our making."""
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
