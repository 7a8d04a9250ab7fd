"""Changed choices of an existing deployment.

CloudFormation creates the new resource before it deletes the old one, which fails if both have the same name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.deployments.choices import CHOICES

Properties = Mapping[str, Any]


def _create_only_properties(kind: str) -> list[str]:
    """Return the top-level properties whose change replaces the resource."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind).schema
    found = (path.split("/")[2:] for path in schema.get("createOnlyProperties", ()))
    return [path[0] for path in found if len(path) == 1]


def _names(kind: str, described: Properties) -> dict[str, Any]:
    return {
        name: described[name]
        for name in _create_only_properties(kind)
        if name.endswith("Name") and name in described
    }


def _replacement_conflicts(before: Template, after: Template) -> Iterator[str]:
    for title, resource in before["Resources"].items():
        kind = resource["Type"]
        then = after["Resources"].get(title)
        if then is None:
            continue
        old, new = resource.get("Properties", {}), then.get("Properties", {})
        changed = [name for name in _create_only_properties(kind) if old.get(name) != new.get(name)]
        names = _names(kind, old)
        if changed and names and names == _names(kind, new):
            yield f"{title}: {changed} changed, but the name is the same"


def _name_conflicts(before: Template, after: Template) -> Iterator[str]:
    def named(template: Template) -> dict[tuple[str, str], str]:
        return {
            (each["Type"], str(names)): title
            for title, each in template["Resources"].items()
            if (names := _names(each["Type"], each.get("Properties", {})))
        }

    old, new = named(before), named(after)
    yield from (f"{key}: used by two resources" for key in old.keys() & new.keys() if old[key] != new[key])


_CLOUDFRONT = {"web_firewall": "true", "streaming_ingress": "true"}


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("default", CHOICES["standard"]),
        ("default", CHOICES["gpu"]),
        ("default", CHOICES["external services"]),
        ("default", _CLOUDFRONT),
        ("collection", CHOICES["standard collection"]),
    ],
    ids=["size", "gpu", "external services", "edge", "size of a collection"],
)
def test_changed_choices_replace_no_named_resource(
    first: str, later: dict[str, str], synthesise_all: SynthesiseAll
) -> None:
    before, after = synthesise_all(**CHOICES[first]), synthesise_all(**later)
    both = before.keys() & after.keys()
    assert "data" in both
    found = {
        stack: [
            *_replacement_conflicts(before[stack], after[stack]),
            *_name_conflicts(before[stack], after[stack]),
        ]
        for stack in both
    }
    assert {stack: lines for stack, lines in found.items() if lines} == {}


def test_job_queue_name_depends_on_worker(synthesise_all: SynthesiseAll) -> None:
    """Batch derives ``JobQueueType`` from the environments when it creates a queue, and never changes it."""
    queues = [
        next(
            each["Properties"]["JobQueueName"]
            for each in synthesise_all(**CHOICES[title])["compute"]["Resources"].values()
            if each["Type"] == "AWS::Batch::JobQueue"
        )
        for title in ("default", "gpu")
    ]
    assert queues == ["videovector-server-worker", "videovector-server-worker-gpu"]
