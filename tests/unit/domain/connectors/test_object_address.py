import pytest

from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.object_address import ObjectAddress
from shared.domain.errors import InvalidRequest


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("s3://films/a/b.mp4", ("s3", "films", "a/b.mp4")),
        ("S3://films/b.mp4", ("s3", "films", "b.mp4")),
        ("gs://films/b.mp4", ("gcs", "films", "b.mp4")),
        ("az://films/b.mp4", ("azure", "films", "b.mp4")),
        ("azure://films/b.mp4", ("azure", "films", "b.mp4")),
        ("s3://films/50%25 off?x=1#y.mp4", ("s3", "films", "50%25 off?x=1#y.mp4")),
        ("s3://films/..b/%2F..%2F/映像.mp4", ("s3", "films", "..b/%2F..%2F/映像.mp4")),
    ],
)
def test_key_is_exactly_what_follows_the_bucket(address: str, expected: tuple[str, str, str]) -> None:
    found = ObjectAddress.parse(address)
    assert (found.provider, found.container, found.key) == expected


@pytest.mark.parametrize(
    "address",
    [
        "https://films/a",
        "s3:/films/a",
        "films/a",
        "s3://",
        "s3://films",
        "s3://films/",
        "s3:///a",
        "s3://f/a/",
    ],
)
def test_address_without_object_is_refused(address: str) -> None:
    with pytest.raises(InvalidRequest, match="video_uri"):
        ObjectAddress.parse(address)


@pytest.mark.parametrize("key", ["/a.mp4", "a//b.mp4", "../a.mp4", "a/./b.mp4", "a/..", "a\nb.mp4", "a\x7f"])
def test_key_that_the_server_cannot_read_is_refused(key: str) -> None:
    found = ObjectAddress.parse(f"s3://films/{key}")
    assert found.key == key
    with pytest.raises(InvalidRequest, match="video_uri"):
        found.check_key()


def test_longest_key_is_accepted_and_a_longer_one_refused() -> None:
    assert ObjectAddress.parse("s3://films/" + "é" * 512).key
    with pytest.raises(InvalidRequest, match="1024 bytes"):
        ObjectAddress.parse("s3://films/" + "é" * 512 + "a")


def test_object_outside_of_the_store_is_refused() -> None:
    store = StoreAddress(provider=ConnectorProvider.S3, bucket="films", region="eu-central-1")
    ObjectAddress.parse("s3://films/a").check_store(store)
    for address in ("s3://other/a", "s3://Films/a", "gs://films/a", "az://films/a"):
        with pytest.raises(InvalidRequest):
            ObjectAddress.parse(address).check_store(store)
