"""Secrets of users, sealed by KMS in records.

An entry of Secrets Manager costs 0.40 USD a month; a record and its KMS requests cost 0.0001 USD. The value
is compressed and encrypted in pieces, because KMS encrypts at most 4,096 bytes in one request
(https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html). No data key is ever in this process.

The encryption context binds each piece to its tenant, name, version and place. KMS refuses to decrypt a piece
that was copied to another record or another place. CloudTrail logs the context, which holds no value.
"""

import base64
import zlib
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel
from ulid import ULID

from shared.adapters.aws.errors import translated_errors
from shared.domain import keys
from shared.domain.errors import NotFound
from shared.ports.record_source import RecordSource
from shared.ports.records import ABSENT, MAX_WRITES, Delete, Put, Records
from shared.ports.secrets import (
    MAX_SECRET_BYTES,
    SecretVersion,
    check_secret_identity,
    check_secret_name,
    check_secret_value,
)

PIECE_BYTES: Final = 4096
_SERVICE: Final = "KMS"


class SealedSecret(BaseModel):
    """The record of one version: the ciphertexts of its pieces, in base64."""

    pieces: list[str]


class SealedTenantSecrets:
    """Implements ``shared.ports.secrets.TenantSecrets``.

    A read costs one record read and, for most secrets, one KMS request.
    """

    def __init__(self, records: Records, client: Any, encryption_key: str) -> None:
        """``client`` is a botocore client for KMS, ``encryption_key`` the ARN of a symmetric key."""
        self._records = records
        self._client = client
        self._key = encryption_key

    def put(self, tenant_id: str, name: str, value: bytes) -> str:
        check_secret_name(tenant_id, name)
        identity = SecretVersion(tenant_id, name, str(ULID()))
        self._store(identity, value, ABSENT)
        return identity.version

    def restore(self, identity: SecretVersion, value: bytes) -> None:
        check_secret_identity(identity)
        self._store(identity, value, None)

    def read(self, tenant_id: str, name: str, version: str) -> bytes:
        identity = SecretVersion(tenant_id, name, version)
        record = self._records.get(keys.tenant_secret(*identity)) if identity.is_valid else None
        if record is None:
            raise NotFound("secret", name)
        sealed = SealedSecret.model_validate(record.body).pieces
        pieces = [
            self._decrypt(base64.b64decode(piece), context)
            for piece, context in zip(sealed, _contexts(identity, len(sealed)), strict=True)
        ]
        return zlib.decompressobj().decompress(b"".join(pieces), MAX_SECRET_BYTES)

    def delete(self, tenant_id: str, name: str, *, keep: frozenset[str] = frozenset()) -> None:
        check_secret_name(tenant_id, name)
        prefix = keys.tenant_secret(tenant_id, name)
        after: str | None = None
        while True:
            page = self._records.query(prefix.partition, prefix=prefix.sort, after=after, limit=MAX_WRITES)
            found = [record.key for record in page.records]
            gone = [Delete(key) for key in found if key.sort.removeprefix(prefix.sort) not in keep]
            if gone:
                self._records.write(*gone)
            if page.next_after is None:
                return
            after = page.next_after

    def delete_version(self, tenant_id: str, name: str, version: str) -> None:
        identity = SecretVersion(tenant_id, name, version)
        if identity.is_valid:
            self._records.write(Delete(keys.tenant_secret(*identity)))

    def _store(self, identity: SecretVersion, value: bytes, expected_version: int | None) -> None:
        check_secret_value(value)
        packed = zlib.compress(value, 9)
        pieces = [packed[start : start + PIECE_BYTES] for start in range(0, len(packed), PIECE_BYTES)]
        sealed = [
            base64.b64encode(self._encrypt(piece, context)).decode()
            for piece, context in zip(pieces, _contexts(identity, len(pieces)), strict=True)
        ]
        body = SealedSecret(pieces=sealed).model_dump(mode="json")
        self._records.write(Put(keys.tenant_secret(*identity), body, expected_version))

    def _encrypt(self, piece: bytes, context: dict[str, str]) -> bytes:
        with translated_errors(_SERVICE):
            answer = self._client.encrypt(KeyId=self._key, Plaintext=piece, EncryptionContext=context)
        ciphertext: bytes = answer["CiphertextBlob"]
        return ciphertext

    def _decrypt(self, piece: bytes, context: dict[str, str]) -> bytes:
        with translated_errors(_SERVICE):
            answer = self._client.decrypt(KeyId=self._key, CiphertextBlob=piece, EncryptionContext=context)
        plaintext: bytes = answer["Plaintext"]
        return plaintext


class SealedSecretSource(SealedTenantSecrets):
    """Implements ``shared.ports.secrets.TenantSecretSource``. ``walk`` reads the whole table, which only
    commands may do."""

    def __init__(self, records: Records, source: RecordSource, client: Any, encryption_key: str) -> None:
        super().__init__(records, client, encryption_key)
        self._source = source

    def walk(self) -> Iterator[SecretVersion]:
        for write in self._source.walk():
            if (identity := keys.secret_of(write.key)) is not None:
                yield SecretVersion(*identity)


def _contexts(identity: SecretVersion, count: int) -> Iterator[dict[str, str]]:
    """Yield the encryption context of each of ``count`` pieces."""
    for number in range(1, count + 1):
        yield {
            "tenant": identity.tenant_id,
            "secret": identity.name,
            "version": identity.version,
            "piece": f"{number} of {count}",
        }
