"""Resources that remain after the stacks are deleted do not block the next deployment."""

import json
from collections.abc import Mapping

import pytest

from infra.intrinsics import as_text
from layers.lock_files import REPOSITORY
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties

_GUIDE = REPOSITORY / "docs" / "aws-guide.md"
_NAME_PROPERTIES = ("BucketName", "TableName", "DomainName", "AliasName")
_RETAINED_TYPES = {"AWS::DynamoDB::GlobalTable", "AWS::KMS::Key", "AWS::S3::Bucket"}


@pytest.fixture(scope="module")
def unprotected(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    """Templates without deletion protection, which ``make destroy`` requires."""
    return synthesise_all(deletion_protection="false")


def _retained(stacks: Mapping[str, Template]) -> list[tuple[str, str, dict[str, object]]]:
    return [
        (title, resource["Type"], resource.get("Properties", {}))
        for title, template in stacks.items()
        for resource in template["Resources"].values()
        if resource.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
    ]


def test_only_data_and_key_are_retained_without_protection(unprotected: Mapping[str, Template]) -> None:
    assert {(title, kind) for title, kind, _ in _retained(unprotected)} == {
        ("data", kind) for kind in _RETAINED_TYPES
    }


def test_retained_resources_have_generated_names(
    unprotected: Mapping[str, Template],
) -> None:
    for _, kind, described in _retained(unprotected):
        assert not [name for name in _NAME_PROPERTIES if name in described], kind


def test_secret_names_contain_id_of_kms_key(
    stacks: Mapping[str, Template],
) -> None:
    """A secret is encrypted with its deployment's key, and no stack creates it."""
    prefixes = [
        each["Environment"]["Variables"]["VIDEOVECTOR_SERVER_SECRETS_PREFIX"]
        for each in properties(stacks["api"], "AWS::Lambda::Function")
        if "VIDEOVECTOR_SERVER_SECRETS_PREFIX" in each["Environment"]["Variables"]
    ]
    assert prefixes
    assert {as_text(prefix) for prefix in prefixes} == {
        "videovector-server/videovector-server-EncryptionKeyId"
    }
    allowed = json.dumps(stacks["api"])
    assert "cursor-signing-key" in allowed


def test_guide_has_command_to_delete_each_retained_resource() -> None:
    guide = _GUIDE.read_text(encoding="utf-8")
    section = guide.partition("## Remove a deployment")[2].partition("\n## ")[0]
    for command in (
        "aws s3 rb",
        "aws dynamodb delete-table",
        "aws secretsmanager delete-secret",
        "aws kms schedule-key-deletion",
    ):
        assert command in section, command
