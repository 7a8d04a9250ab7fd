"""The AWS adapters, each over a table, bucket or prefix of its own in the emulator."""

import functools
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from shared.adapters.aws.blobs import S3Blobs
from shared.adapters.aws.clients import AwsClients
from shared.adapters.aws.records.items import EXPIRES_AT, PARTITION, SORT
from shared.adapters.aws.records.records import DynamoRecords
from shared.adapters.aws.secrets import SecretsManagerSecrets
from shared.adapters.aws.tenant_secrets import SealedTenantSecrets
from tests.aws.emulator import REGION, running_emulator


def new_name() -> str:
    """Return a new name that is valid for a table, a bucket and the prefix of a secret."""
    return f"test-{secrets.token_hex(6)}"


def create_table(client: Any = None, name: str | None = None) -> str:
    """Create a table with the schema of the stack's template; return its name. ``client``: of an account."""
    name, client = name or new_name(), client or client_of("dynamodb")
    # On a busy machine the client repeats a request whose answer is late. The table then exists.
    with suppress(client.exceptions.ResourceInUseException):
        client.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": PARTITION, "KeyType": "HASH"},
                {"AttributeName": SORT, "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in (PARTITION, SORT)],
            BillingMode="PAY_PER_REQUEST",
        )
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRES_AT}
    )
    return name


def create_bucket(client: Any = None, region: str = REGION) -> str:
    name, client = new_name(), client or client_of("s3")
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):  # a repeated request, as above
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return name


@functools.cache
def client_of(service: str) -> Any:
    """Return a client as the product creates it, with the emulator in place of AWS."""
    with patch.dict(os.environ, running_emulator().environment):
        return AwsClients().get(service)


def open_records(table: str) -> DynamoRecords:
    return DynamoRecords(table, client_of("dynamodb"))


def open_records_elsewhere(table: str, environment: Mapping[str, str]) -> DynamoRecords:
    """Open the records in a process that knows the emulator only by these variables."""
    os.environ.update(environment)
    return DynamoRecords(table, AwsClients().get("dynamodb"))


def open_blobs(bucket: str, scratch: Path) -> S3Blobs:
    return S3Blobs(bucket, client_of("s3"), scratch=scratch)


def open_secrets(prefix: str) -> SecretsManagerSecrets:
    return SecretsManagerSecrets(client_of("secretsmanager"), prefix=prefix)


def create_encryption_key(client: Any = None) -> str:
    """Create a symmetric KMS key; return its ARN."""
    arn: str = (client or client_of("kms")).create_key()["KeyMetadata"]["Arn"]
    return arn


def open_tenant_secrets(table: str, encryption_key: str) -> SealedTenantSecrets:
    return SealedTenantSecrets(open_records(table), client_of("kms"), encryption_key)
