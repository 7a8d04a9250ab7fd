"""Which connectors' buckets tell automations of new objects."""

import pytest

from shared.domain.connectors.connector import Connector, ConnectorProvider, StoreAddress
from shared.services.automations.watched_buckets import watched_bucket

S3, GCS = ConnectorProvider.S3, ConnectorProvider.GCS


def connector(address: StoreAddress, **changes: str | None) -> Connector:
    return Connector(
        name="films",
        connector_id="con_1",
        tenant_id="anna",
        user_id="usr_anna",
        address=address,
        secret_version="1",
        created_at="2026",
        updated_at="2026",
        last_tested_at="2026",
        last_test_result="Listing and reading work.",
    ).model_copy(update=changes)


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        (StoreAddress(provider=S3, bucket="films", region="eu-central-1"), "films"),
        (StoreAddress(provider=S3, bucket="sounds", region="eu-central-1"), "sounds"),
        (StoreAddress(provider=S3, bucket="others", region="eu-central-1"), None),
        (StoreAddress(provider=S3, bucket="films", endpoint_url="https://minio.example"), None),
        (StoreAddress(provider=GCS, bucket="films"), None),
    ],
)
def test_only_named_buckets_of_s3_itself_are_watched(address: StoreAddress, bucket: str | None) -> None:
    assert watched_bucket("films,sounds")(connector(address)) == bucket


@pytest.mark.parametrize("changes", [{"last_tested_at": None}, {"last_test_error": "It may not list."}])
def test_bucket_is_not_watched_for_who_may_not_read_it(changes: dict[str, str | None]) -> None:
    address = StoreAddress(provider=S3, bucket="films", region="eu-central-1")
    assert watched_bucket("films")(connector(address, **changes)) is None


def test_no_bucket_is_watched_without_choice() -> None:
    address = StoreAddress(provider=S3, bucket="films", region="eu-central-1")
    assert watched_bucket("")(connector(address)) is None
