"""Secrets of users sealed by KMS, beyond the contract of the port: ciphertexts, their binding, requests."""

import json
import os
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from shared.adapters.aws.records.record_source import DynamoRecordSource
from shared.adapters.aws.tenant_secrets import PIECE_BYTES, SealedSecretSource, SealedTenantSecrets
from shared.domain import keys
from shared.domain.errors import NotFound
from shared.ports.records import Put
from shared.ports.secrets import MAX_SECRET_BYTES, SecretVersion
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.lost_answers import LostAnswers
from tests.aws.request_counts import RequestCounts

pytestmark = pytest.mark.slow

PLANTED = b"planted-credential-9f31"


@pytest.fixture
def kms(emulator: Emulator) -> Any:
    return stores.client_of("kms")


@pytest.fixture
def secrets(table: str, kms: Any) -> SealedTenantSecrets:
    return stores.open_tenant_secrets(table, stores.create_encryption_key())


def test_table_holds_no_plain_text(table: str, secrets: SealedTenantSecrets, dynamodb: Any) -> None:
    secrets.put("anna", "con_1", PLANTED)
    items = dynamodb.scan(TableName=table)["Items"]
    assert len(items) == 1
    assert PLANTED not in json.dumps(items, default=repr).encode()


def test_pieces_stay_within_limit_of_kms(kms: Any, secrets: SealedTenantSecrets) -> None:
    sizes: list[int] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sizes.append(len(params["Plaintext"]))

    kms.meta.events.register("provide-client-params.kms.Encrypt", note)
    try:
        secrets.put("anna", "con_1", os.urandom(MAX_SECRET_BYTES))
    finally:
        kms.meta.events.unregister("provide-client-params.kms.Encrypt", note)
    assert max(sizes) == PIECE_BYTES == 4096
    assert len(sizes) == 5


def test_usual_secret_is_read_with_one_request_to_kms(kms: Any, secrets: SealedTenantSecrets) -> None:
    version = secrets.put("anna", "whk_1", b"whsec_" + os.urandom(24).hex().encode())
    with RequestCounts(kms) as counts:
        secrets.read("anna", "whk_1", version)
    assert counts.calls == {"Decrypt": 1}


def test_record_copied_to_other_tenant_is_not_decrypted(table: str, secrets: SealedTenantSecrets) -> None:
    records = stores.open_records(table)
    version = secrets.put("anna", "con_1", PLANTED)
    sealed = records.get(keys.tenant_secret("anna", "con_1", version))
    assert sealed is not None
    for tenant, name in (("ben", "con_1"), ("anna", "con_2")):
        records.write(Put(keys.tenant_secret(tenant, name, version), sealed.body))
        with pytest.raises(ClientError, match="InvalidCiphertextException"):
            secrets.read(tenant, name, version)


def test_dropped_or_swapped_pieces_are_not_decrypted(table: str, secrets: SealedTenantSecrets) -> None:
    records = stores.open_records(table)
    version = secrets.put("anna", "con_1", os.urandom(MAX_SECRET_BYTES))
    key = keys.tenant_secret("anna", "con_1", version)
    sealed = records.get(key)
    assert sealed is not None
    pieces = sealed.body["pieces"]
    for changed in (pieces[:-1], [pieces[1], pieces[0], *pieces[2:]]):
        records.write(Put(key, {"pieces": changed}))
        with pytest.raises(ClientError, match="InvalidCiphertextException"):
            secrets.read("anna", "con_1", version)


def test_secret_is_stored_after_lost_answers(kms: Any, secrets: SealedTenantSecrets) -> None:
    with LostAnswers(kms, 2):
        version = secrets.put("anna", "con_1", PLANTED)
    assert secrets.read("anna", "con_1", version) == PLANTED


def test_deleted_secret_leaves_no_item(table: str, secrets: SealedTenantSecrets, dynamodb: Any) -> None:
    version = secrets.put("anna", "con_1", PLANTED)
    secrets.delete("anna", "con_1")
    with pytest.raises(NotFound):
        secrets.read("anna", "con_1", version)
    assert dynamodb.scan(TableName=table)["Count"] == 0


def test_walk_finds_versions_of_all_tenants_and_nothing_else(table: str, dynamodb: Any, kms: Any) -> None:
    records, key = stores.open_records(table), stores.create_encryption_key()
    secrets = SealedSecretSource(records, DynamoRecordSource(table, dynamodb), kms, key)
    records.write(Put(keys.connector("anna", "con_1"), {}))
    stored = {
        SecretVersion(tenant, name, secrets.put(tenant, name, PLANTED))
        for tenant, name in (("anna", "con_1"), ("anna", "con_1"), ("ben", "whk_1"))
    }
    assert len(stored) == 3
    assert set(secrets.walk()) == stored
    assert {secrets.read(*identity) for identity in stored} == {PLANTED}
