"""The form of credentials: what becomes a part of an address, a header or a file is checked first."""

import pytest
from pydantic import SecretStr

from shared.adapters.http.stores.stores import ObjectStores
from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import (
    AzureClientSecret,
    Credentials,
    GcsServiceAccount,
    S3Keys,
    S3Role,
)
from shared.domain.errors import InvalidRequest
from shared.ports.stores import StoreFailed, StoreProblem
from shared.settings import Settings

STORES = ObjectStores(Settings())
S3 = S3Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SecretStr("wJalr/K7MDENG+bPxRfiCY"))
ROLE = S3Role(role_arn="arn:aws:iam::123456789012:role/videovector-connector-films", external_id="ext")
GCS = GcsServiceAccount(
    project_id="my-project",
    private_key_id="abc123",
    private_key=SecretStr(f"-----BEGIN PRIVATE KEY-----\n{'A' * 400}\n-----END PRIVATE KEY-----\n"),
    client_email="reader@my-project.iam.gserviceaccount.com",
    token_uri="https://oauth2.googleapis.com/token",
)
AZURE = AzureClientSecret(
    tenant_id="11111111-2222-3333-4444-555555555555", client_id="abc-1", client_secret=SecretStr("s~e.c_r-et")
)
BUCKET = StoreAddress(provider=ConnectorProvider.S3, bucket="archive", region="eu-central-1")


@pytest.mark.parametrize("credentials", [S3, ROLE, GCS, AZURE])
def test_valid_credentials_are_accepted(credentials: Credentials) -> None:
    STORES.check_credentials(credentials)


@pytest.mark.parametrize(
    ("credentials", "changes", "field"),
    [
        (S3, {"access_key_id": "a b"}, "aws_access_key_id"),
        (S3, {"access_key_id": "a\r\nHost: evil"}, "aws_access_key_id"),
        (S3, {"secret_access_key": SecretStr("a\nb")}, "aws_secret_access_key"),
        (ROLE, {"role_arn": "films"}, "role_arn"),
        (ROLE, {"role_arn": "films:role/videovector-connector-films"}, "role_arn"),
        (ROLE, {"role_arn": "arn:aws:iam::1:role/videovector-connector-films"}, "role_arn"),
        (ROLE, {"role_arn": "arn:aws:iam::123456789012:role/films"}, "role_arn"),
        (ROLE, {"role_arn": "arn:aws:iam::123456789012:role/path/videovector-connector-films"}, "role_arn"),
        (ROLE, {"role_arn": f"arn:aws:iam::123456789012:role/videovector-connector-{'a' * 43}"}, "role_arn"),
        (GCS, {"token_uri": "http://169.254.169.254/token"}, "token_uri"),
        (GCS, {"token_uri": "https://oauth2.googleapis.com/token/"}, "token_uri"),
        (GCS, {"token_uri": "https://oauth2.googleapis.com@evil.example/token"}, "token_uri"),
        (GCS, {"private_key": SecretStr("no key")}, "private_key"),
        (GCS, {"client_email": "a@b\nc"}, "client_email"),
        (AZURE, {"tenant_id": "../../evil"}, "tenant_id"),
        (AZURE, {"tenant_id": "a/b"}, "tenant_id"),
        (AZURE, {"tenant_id": "a?b"}, "tenant_id"),
        (AZURE, {"client_id": "a b"}, "client_id"),
        (AZURE, {"client_secret": SecretStr("")}, "client_secret"),
    ],
)
def test_malformed_credential_is_refused_by_its_field(
    credentials: Credentials, changes: dict[str, object], field: str
) -> None:
    malformed = credentials.model_copy(update=changes)
    with pytest.raises(InvalidRequest) as caught:
        STORES.check_credentials(malformed)
    assert caught.value.field == field


def test_role_is_refused_where_none_can_be_assumed() -> None:
    with pytest.raises(StoreFailed) as caught:
        STORES.open(BUCKET, ROLE)
    assert caught.value.problem is StoreProblem.WRONG_CREDENTIALS
    assert "cannot assume a role" in caught.value.message


@pytest.mark.parametrize("credentials", [GCS, AZURE])
def test_credentials_of_other_provider_are_refused(credentials: Credentials) -> None:
    with pytest.raises(StoreFailed) as caught:
        STORES.open(BUCKET, credentials)
    assert caught.value.problem is StoreProblem.WRONG_CREDENTIALS


def test_address_is_checked_again_when_store_is_opened() -> None:
    moved = BUCKET.model_copy(update={"endpoint_url": "http://127.0.0.1:9000"})
    with pytest.raises(StoreFailed) as caught:
        STORES.open(moved, S3)
    assert caught.value.problem is StoreProblem.ADDRESS_REFUSED
