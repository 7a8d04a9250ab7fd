"""What is left when the stacks are gone, and that it is in nobody's way."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.intrinsics import flat
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties

_GUIDE = Path(__file__).parents[2] / "docs" / "aws-guide.md"
_NAMES = ("BucketName", "TableName", "DomainName", "AliasName")
_DATA = {"AWS::DynamoDB::GlobalTable", "AWS::KMS::Key", "AWS::S3::Bucket"}


@pytest.fixture(scope="module")
def unprotected(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    """As ``make destroy`` has to find it."""
    return synthesise_all(deletion_protection="false")


def _kept(stacks: Mapping[str, Template]) -> list[tuple[str, str, dict[str, object]]]:
    return [
        (title, resource["Type"], resource.get("Properties", {}))
        for title, template in stacks.items()
        for resource in template["Resources"].values()
        if resource.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
    ]


def test_only_data_and_its_key_outlive_a_destroyed_deployment(unprotected: Mapping[str, Template]) -> None:
    assert {(title, kind) for title, kind, _ in _kept(unprotected)} == {("data", kind) for kind in _DATA}


def test_what_is_left_has_no_name_that_the_next_deployment_needs(
    unprotected: Mapping[str, Template],
) -> None:
    for _, kind, described in _kept(unprotected):
        assert not [name for name in _NAMES if name in described], kind


def test_a_secret_that_is_left_is_not_found_by_a_deployment_that_cannot_read_it(
    stacks: Mapping[str, Template],
) -> None:
    """It is encrypted with the key of its own deployment, and never made by a stack."""
    told = [
        each["Environment"]["Variables"]["VIDEOVECTOR_SERVER_SECRETS_PREFIX"]
        for each in properties(stacks["api"], "AWS::Lambda::Function")
        if "VIDEOVECTOR_SERVER_SECRETS_PREFIX" in each["Environment"]["Variables"]
    ]
    assert told
    assert {flat(prefix) for prefix in told} == {"videovector-server/videovector-server-EncryptionKeyId"}
    allowed = json.dumps(stacks["api"])
    assert "cursor-signing-key" in allowed


def test_the_guide_says_how_each_of_them_is_removed() -> None:
    guide = _GUIDE.read_text(encoding="utf-8")
    section = guide.partition("## Remove a deployment")[2].partition("\n## ")[0]
    for command in (
        "aws s3 rb",
        "aws dynamodb delete-table",
        "aws secretsmanager delete-secret",
        "aws kms schedule-key-deletion",
    ):
        assert command in section, command
