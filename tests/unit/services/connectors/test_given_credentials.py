import pytest
from pydantic import SecretStr

from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.errors import InvalidRequest
from shared.services.connectors.given_credentials import GivenCredentials
from tests.unit.services.connectors.world import S3

GCS = StoreAddress(provider=ConnectorProvider.GCS, bucket="films")
AZURE = StoreAddress(provider=ConnectorProvider.AZURE, storage_account="films", container="raw")
ROLE = "arn:aws:iam::123456789012:role/videovector-connector-films"
PLANTED = SecretStr("planted")


@pytest.mark.parametrize(
    ("given", "address", "field"),
    [
        (GivenCredentials(aws_access_key_id="AKIA"), S3, "aws_secret_access_key"),
        (GivenCredentials(aws_secret_access_key=PLANTED), S3, "aws_access_key_id"),
        (GivenCredentials(aws_access_key_id="A\n", aws_secret_access_key=PLANTED), S3, "aws_access_key_id"),
        (GivenCredentials(aws_access_key_id="AKIA", role_arn=ROLE), S3, "role_arn"),
        (GivenCredentials(client_secret=PLANTED), S3, "client_secret"),
        (GivenCredentials(credentials={}), S3, "credentials"),
        (GivenCredentials(aws_secret_access_key=PLANTED), GCS, "aws_secret_access_key"),
        (GivenCredentials(credentials={"type": "planted"}), GCS, "credentials.type"),
        (GivenCredentials(role_arn=ROLE), AZURE, "role_arn"),
        (GivenCredentials(client_secret=PLANTED), AZURE, "tenant_id"),
        (GivenCredentials(tenant_id="a", client_id="b"), AZURE, "client_secret"),
        (GivenCredentials(tenant_id="a\n", client_id="b", client_secret=PLANTED), AZURE, "tenant_id"),
    ],
)
def test_unusable_credentials_are_refused_by_field(
    given: GivenCredentials, address: StoreAddress, field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        given.resolve(address, roles=True)
    assert refused.value.field == field
    assert "planted" not in refused.value.message
    assert "planted" not in repr(given)


def test_missing_credentials_are_refused_by_field() -> None:
    assert GivenCredentials().is_empty
    for address, field in ((S3, "aws_access_key_id"), (GCS, "credentials"), (AZURE, "tenant_id")):
        with pytest.raises(InvalidRequest) as refused:
            GivenCredentials().resolve(address, roles=True)
        assert refused.value.field == field


def test_role_is_refused_without_aws_or_with_an_endpoint() -> None:
    given = GivenCredentials(role_arn=ROLE)
    with pytest.raises(InvalidRequest, match="runs on AWS"):
        given.resolve(S3, roles=False)
    compatible = S3.model_copy(update={"endpoint_url": "https://minio.example.org"})
    with pytest.raises(InvalidRequest, match="endpoint_url"):
        given.resolve(compatible, roles=True)
