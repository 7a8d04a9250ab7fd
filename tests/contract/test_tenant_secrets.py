"""Contract of ``shared.ports.secrets.TenantSecrets``."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.errors import NotFound
from shared.ports.secrets import MAX_SECRET_BYTES, SecretVersion, TenantSecrets

OpenTenantSecrets = Callable[[], TenantSecrets]

ABSENT_VERSION = "01J00000000000000000000000"
INVALID_NAMES = ["", ".", "..", "../name", "a/b", "a.b", "a#b", "a\x00", "a\n", "x" * 101]


@pytest.mark.parametrize(
    "value",
    [b"k", b"\x00\xff", b"-----BEGIN PRIVATE KEY-----\n" * 60, os.urandom(MAX_SECRET_BYTES)],
    ids=["byte", "binary", "key file", "largest"],
)
def test_secret_survives_restart(open_tenant_secrets: OpenTenantSecrets, value: bytes) -> None:
    version = open_tenant_secrets().put("anna", "con_1", value)
    assert open_tenant_secrets().read("anna", "con_1", version) == value


def test_longest_name_is_accepted(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    name, tenant = "-" + "x" * 99, "_" + "t" * 63
    assert secrets.read(tenant, name, secrets.put(tenant, name, b"value")) == b"value"


def test_versions_are_kept_beside_each_other(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    old, new = secrets.put("anna", "con_1", b"old"), secrets.put("anna", "con_1", b"new")
    assert old != new
    assert [secrets.read("anna", "con_1", version) for version in (old, new)] == [b"old", b"new"]


def test_version_of_other_tenant_or_name_is_not_found(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    version = secrets.put("anna", "con_1", b"value")
    secrets.put("ben", "con_1", b"other")
    for tenant, name in (("ben", "con_1"), ("anna", "con_2"), ("anna", "con_"), ("anna", "con_11")):
        with pytest.raises(NotFound):
            secrets.read(tenant, name, version)


@pytest.mark.parametrize("version", ["", ".", "..", "../con_2", ABSENT_VERSION, "\x00", "x" * 300])
def test_unknown_version_is_not_found(open_tenant_secrets: OpenTenantSecrets, version: str) -> None:
    secrets = open_tenant_secrets()
    secrets.put("anna", "con_1", b"value")
    with pytest.raises(NotFound):
        secrets.read("anna", "con_1", version)


def test_deletion_keeps_named_versions(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    first, second, third = (secrets.put("anna", "con_1", value) for value in (b"1", b"2", b"3"))
    secrets.delete("anna", "con_1", keep=frozenset({second, ABSENT_VERSION}))
    assert secrets.read("anna", "con_1", second) == b"2"
    for version in (first, third):
        with pytest.raises(NotFound):
            secrets.read("anna", "con_1", version)


def test_deletion_leaves_other_secrets(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    gone = secrets.put("anna", "con_1", b"gone")
    left = [("anna", "con_11"), ("anna", "con_"), ("ben", "con_1")]
    versions = [secrets.put(tenant, name, b"left") for tenant, name in left]
    secrets.delete("anna", "con_1")
    with pytest.raises(NotFound):
        secrets.read("anna", "con_1", gone)
    found = [secrets.read(*each, version) for each, version in zip(left, versions, strict=True)]
    assert found == [b"left"] * 3


def test_deletion_of_many_versions_is_complete(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    versions = [secrets.put("anna", "con_1", b"value") for _ in range(102)]
    secrets.delete("anna", "con_1", keep=frozenset(versions[:1]))
    assert secrets.read("anna", "con_1", versions[0]) == b"value"
    for version in versions[1:]:
        with pytest.raises(NotFound):
            secrets.read("anna", "con_1", version)


def test_deletion_of_missing_secret_has_no_effect(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    secrets.delete("anna", "con_1")
    secrets.delete("anna", "con_1", keep=frozenset({ABSENT_VERSION}))
    assert secrets.read("anna", "con_1", secrets.put("anna", "con_1", b"value")) == b"value"


@pytest.mark.parametrize("name", INVALID_NAMES)
def test_invalid_names_are_refused(open_tenant_secrets: OpenTenantSecrets, name: str) -> None:
    secrets = open_tenant_secrets()
    for tenant, secret in (("anna", name), (name, "con_1")):
        with pytest.raises(ValueError, match="not a valid name for a secret"):
            secrets.put(tenant, secret, b"value")
        with pytest.raises(ValueError, match="not a valid name for a secret"):
            secrets.delete(tenant, secret)


@pytest.mark.parametrize("value", [b"", b"x" * (MAX_SECRET_BYTES + 1)], ids=["empty", "too long"])
def test_invalid_values_are_refused(open_tenant_secrets: OpenTenantSecrets, value: bytes) -> None:
    with pytest.raises(ValueError, match=f"1 to {MAX_SECRET_BYTES} bytes, not {len(value)}"):
        open_tenant_secrets().put("anna", "con_1", value)


def test_concurrent_rotations_have_own_versions(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    values = [str(number).encode() for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda value: secrets.put("anna", "con_1", value), values))
    assert [secrets.read("anna", "con_1", version) for version in versions] == values


def test_restored_version_keeps_its_id(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    identity = SecretVersion("anna", "con_1", ABSENT_VERSION)
    for value in (b"first", b"second"):
        secrets.restore(identity, value)
        assert secrets.read(*identity) == value
    with pytest.raises(ValueError, match="not a valid identity"):
        secrets.restore(SecretVersion("anna", "con_1", "latest"), b"value")


def test_deletion_of_version_leaves_others(open_tenant_secrets: OpenTenantSecrets) -> None:
    secrets = open_tenant_secrets()
    old, new = (secrets.put("anna", "con_1", value) for value in (b"old", b"new"))
    for version in (old, old, ABSENT_VERSION, "../con_1", ""):
        secrets.delete_version("anna", "con_1", version)
    assert secrets.read("anna", "con_1", new) == b"new"
    with pytest.raises(NotFound):
        secrets.read("anna", "con_1", old)
