"""Addresses of stores: names by the providers' rules, and endpoints by the operator's list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from shared.adapters.http.stores.operator_addresses import Origin, listed_origins, origin
from shared.adapters.http.stores.specifications import OperatorAddresses, specification_of_s3
from shared.adapters.http.stores.stores import ObjectStores
from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import S3Keys
from shared.domain.errors import InvalidRequest
from shared.settings import Settings
from tests.hostile_addresses import hostile_urls

LISTED = "https://minio.example.org:9000, http://10.1.2.3:9000,http://[fd12::1]:9000"
STORES = ObjectStores(Settings(s3_endpoints=LISTED))

FULL_WIDTH_DOT = "\N{FULLWIDTH FULL STOP}"
TRICKS = [*"/\\@#?: \n\x00ü*$", "..", "%2f", FULL_WIDTH_DOT, "a" * 300, "[::1]"]
"""Texts that make another host, path or file of a name."""


def s3(**fields: str | None) -> StoreAddress:
    values = {"bucket": "my-archive", "region": "eu-central-1", **fields}
    return StoreAddress(provider=ConnectorProvider.S3, **values)


def gcs(bucket: str, project: str = "my-project-1") -> StoreAddress:
    return StoreAddress(provider=ConnectorProvider.GCS, bucket=bucket, gcp_project_id=project)


def azure(account: str, container: str = "archive") -> StoreAddress:
    return StoreAddress(provider=ConnectorProvider.AZURE, storage_account=account, container=container)


def refused_field(address: StoreAddress) -> str:
    with pytest.raises(InvalidRequest) as caught:
        STORES.check(address)
    return caught.value.field


class TestNames:
    @pytest.mark.parametrize(
        "address",
        [
            s3(),
            s3(bucket="a.b-c.9"),
            s3(region="us-gov-west-1"),
            s3(region="cn-north-1"),
            s3(region="ap-southeast-7"),
            s3(region="auto", endpoint_url="https://minio.example.org:9000"),
            gcs("my_archive.example.com"),
            gcs("archive", "example.com:my-project"),
            azure("archive1"),
            azure("archive1", "$root"),
            azure("archive1", "my-films-2026"),
        ],
    )
    def test_valid_address_is_accepted(self, address: StoreAddress) -> None:
        STORES.check(address)

    @pytest.mark.parametrize("trick", TRICKS)
    def test_name_with_trick_is_refused_by_its_field(self, trick: str) -> None:
        for name in (f"abc{trick}def", f"{trick}abcdef", f"abcdef{trick}"):
            if trick != "..":
                assert refused_field(azure(name)) == "storage_account"
            assert refused_field(azure("archive1", name)) == "container"
            assert refused_field(s3(bucket=name)) == "bucket"
            assert refused_field(s3(region=name)) == "region"
            assert refused_field(s3(region=name, endpoint_url="http://10.1.2.3:9000")) == "region"
            assert refused_field(gcs(name)) == "bucket"
            if trick != ":":
                assert refused_field(gcs("archive", name)) == "gcp_project_id"

    @pytest.mark.parametrize(
        ("address", "field"),
        [
            (s3(bucket="ab"), "bucket"),
            (s3(bucket="192.168.0.1"), "bucket"),
            (s3(bucket="Archive"), "bucket"),
            (s3(bucket=None), "bucket"),
            (s3(region=None), "region"),
            (s3(region="evil.com"), "region"),
            (s3(region="auto"), "region"),
            (gcs("-archive"), "bucket"),
            (gcs("10.0.0.1"), "bucket"),
            (azure("evil.example.com"), "storage_account"),
            (azure("my-account"), "storage_account"),
            (azure("archive1", "a--b"), "container"),
        ],
    )
    def test_name_against_providers_rules_is_refused(self, address: StoreAddress, field: str) -> None:
        assert refused_field(address) == field

    @settings(max_examples=30)
    @given(st.text(max_size=30))
    def test_accepted_account_is_one_label_of_a_host(self, name: str) -> None:
        try:
            STORES.check(azure(name))
        except InvalidRequest:
            return
        assert name.isascii()
        assert name.isalnum()


class TestEndpoints:
    @pytest.mark.parametrize(
        "url",
        [
            "https://minio.example.org:9000",
            "https://MINIO.example.org:9000/",
            "http://10.1.2.3:9000",
            "http://[FD12::1]:9000",
        ],
    )
    def test_listed_endpoint_is_accepted(self, url: str) -> None:
        STORES.check(s3(endpoint_url=url))

    @pytest.mark.parametrize("port", [None, 9000])
    def test_unlisted_private_endpoint_is_refused(self, port: int | None) -> None:
        for url in hostile_urls(port):
            assert refused_field(s3(endpoint_url=url)) == "endpoint_url", url
            assert refused_field(s3(endpoint_url=url.replace("/hook", ""))) == "endpoint_url", url

    @pytest.mark.parametrize(
        "url",
        [
            "http://minio.example.org:9000",
            "https://minio.example.org",
            "https://minio.example.org:9001",
            "https://minio.example.org:9000/path",
            "https://minio.example.org:9000/..",
            "https://minio.example.org:9000?x=1",
            "https://minio.example.org:9000#x",
            "https://minio.example.org:9000@evil.example",
            "https://user@minio.example.org:9000",
            "https://minio.example.org.:9000",
            "https://minio.example.org%2eevil:9000",
            "https://minio.example.org:9000\\@evil.example",
            "https://evil.minio.example.org:9000",
            "//minio.example.org:9000",
            "minio.example.org:9000",
            "ftp://minio.example.org:9000",
            "http://10.1.2.3:09000",
            "http://0x0a010203:9000",
            "http://167838211:9000",
            "http://[::ffff:10.1.2.3]:9000",
            "",
            " ",
            "https://",
        ],
    )
    def test_similar_endpoint_is_refused(self, url: str) -> None:
        if origin(url) == Origin("http", "10.1.2.3", 9000):
            return  # another spelling of the same port
        assert refused_field(s3(endpoint_url=url)) == "endpoint_url"

    def test_base_url_serves_connectors_without_endpoint(self) -> None:
        settings_of_operator = Settings(s3_base_url="http://10.1.2.3:9000")
        ObjectStores(settings_of_operator).check(s3(region="auto"))
        keys = S3Keys(access_key_id="AKIAEXAMPLE", secret_access_key=SecretStr("x" * 40))
        found = specification_of_s3(s3(region="auto"), keys, OperatorAddresses.of(settings_of_operator))
        assert found.config["endpoint"] == "http://10.1.2.3:9000"
        assert [(each.host, each.port) for each in found.permitted] == [("10.1.2.3", 9000)]

    @pytest.mark.parametrize("setting", ["minio:9000", "https://a/b", "https://a,ftp://b", "https://u:p@a"])
    def test_invalid_setting_stops_the_start(self, setting: str) -> None:
        with pytest.raises(ValueError, match="must be scheme, host and port"):
            listed_origins(setting)
        for name in ("s3_base_url", "gcs_base_url", "azure_endpoint", "azure_authority_host"):
            with pytest.raises(ValueError, match=name):
                ObjectStores(Settings(**{name: setting}))  # type: ignore[arg-type]  # one name, one text
