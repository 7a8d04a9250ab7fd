"""A choice that is changed later, in a deployment that is there: CloudFormation makes the new resource before
it removes the old one, which cannot be where both have the same name."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.infra.choices import CHOICES
from tests.infra.conftest import SynthesiseAll, Template

Properties = Mapping[str, Any]


def _never_changed(kind: str) -> list[str]:
    """The properties at the top whose change makes another resource."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind).schema
    found = (path.split("/")[2:] for path in schema.get("createOnlyProperties", ()))
    return [path[0] for path in found if len(path) == 1]


def _names(kind: str, described: Properties) -> dict[str, Any]:
    return {
        name: described[name] for name in _never_changed(kind) if name.endswith("Name") and name in described
    }


def _in_their_own_way(before: Template, after: Template) -> Iterator[str]:
    for title, resource in before["Resources"].items():
        kind = resource["Type"]
        then = after["Resources"].get(title)
        if then is None:
            continue
        old, new = resource.get("Properties", {}), then.get("Properties", {})
        changed = [name for name in _never_changed(kind) if old.get(name) != new.get(name)]
        names = _names(kind, old)
        if changed and names and names == _names(kind, new):
            yield f"{title}: another {changed}, and the same name"


def _under_another_title(before: Template, after: Template) -> Iterator[str]:
    def named(template: Template) -> dict[tuple[str, str], str]:
        return {
            (each["Type"], str(names)): title
            for title, each in template["Resources"].items()
            if (names := _names(each["Type"], each.get("Properties", {})))
        }

    old, new = named(before), named(after)
    yield from (f"{key}: twice" for key in old.keys() & new.keys() if old[key] != new[key])


_FRONTED = {"web_firewall": "true", "streaming_ingress": "true"}


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("nothing", CHOICES["standard"]),
        ("nothing", CHOICES["machines"]),
        ("nothing", CHOICES["others"]),
        ("nothing", _FRONTED),
        ("collection", CHOICES["standard collection"]),
    ],
    ids=["size", "machines", "others", "edge", "size of a collection"],
)
def test_no_choice_makes_anew_what_has_a_name_of_ours(
    first: str, later: dict[str, str], synthesise_all: SynthesiseAll
) -> None:
    before, after = synthesise_all(**CHOICES[first]), synthesise_all(**later)
    both = before.keys() & after.keys()
    assert "data" in both
    found = {
        stack: [
            *_in_their_own_way(before[stack], after[stack]),
            *_under_another_title(before[stack], after[stack]),
        ]
        for stack in both
    }
    assert {stack: lines for stack, lines in found.items() if lines} == {}


def test_a_queue_of_jobs_is_not_moved_between_fargate_and_machines(synthesise_all: SynthesiseAll) -> None:
    """Batch gives a queue a type by its environments when it is made: ``JobQueueType`` never changes."""
    queues = [
        next(
            each["Properties"]["JobQueueName"]
            for each in synthesise_all(**CHOICES[title])["compute"]["Resources"].values()
            if each["Type"] == "AWS::Batch::JobQueue"
        )
        for title in ("nothing", "machines")
    ]
    assert queues == ["videovector-server-worker", "videovector-server-worker-gpu"]
