"""The stores of every provider in one shape, and the server's adapter with their addresses permitted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from shared.adapters.http.stores.stores import ObjectStores
from shared.domain.connectors.connector import StoreAddress
from shared.domain.connectors.credentials import Credentials
from shared.ports.stores import Store
from shared.settings import Settings
from tests.stores.azure import running_azure
from tests.stores.gcs import running_gcs
from tests.stores.gcs_xml_api import Permission
from tests.stores.s3 import S3Store, running_s3

NAMES: Final = ("s3", "gcs", "azure")


@dataclass(frozen=True)
class Provider:
    """A running store with one bucket. ``wrong`` are credentials with another secret.

    ``limited`` returns credentials with the permission "list", "read" or "write" only; None where the
    emulator knows no permissions. ``close`` closes the stores that ``open`` opened.
    """

    settings: Settings
    address: StoreAddress
    credentials: Credentials
    wrong: Credentials
    put: Callable[[str, bytes], None]
    limited: Callable[[str], Credentials] | None
    _opened: list[Store] = field(default_factory=list, repr=False)

    @property
    def stores(self) -> ObjectStores:
        return ObjectStores(self.settings)

    def open(self, credentials: Credentials | None = None, address: StoreAddress | None = None) -> Store:
        """Open the bucket, or another address, with the credentials that have every permission, or others."""
        store = self.stores.open(address or self.address, credentials or self.credentials)
        self._opened.append(store)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.close()
        self._opened.clear()


def provider(name: str, s3: S3Store | None = None) -> Provider:
    """Return a provider with a new bucket. Without a given store of S3, its server is started at the first
    use, as those of the others are."""
    if name == "s3":
        return _s3(s3 or running_s3())
    return {"gcs": _gcs, "azure": _azure}[name]()


def _s3(s3: S3Store) -> Provider:
    bucket = s3.new_bucket()
    key = s3.new_user(bucket)
    actions = {"list": "s3:ListBucket", "read": "s3:GetObject", "write": "s3:PutObject"}
    return Provider(
        settings=Settings(s3_endpoints=s3.url, s3_base_url=s3.url),
        address=s3.address(bucket),
        credentials=key,
        wrong=key.model_copy(update={"secret_access_key": SecretStr("x" * 40)}),
        put=lambda path, content: s3.put(bucket, path, content),
        limited=lambda permission: s3.new_user(bucket, [actions[permission]]),
    )


def _gcs() -> Provider:
    gcs = running_gcs()
    bucket = gcs.new_bucket()
    key, other = gcs.new_account(), gcs.new_account()
    return Provider(
        settings=Settings(gcs_base_url=gcs.url),
        address=gcs.address(bucket),
        credentials=key,
        wrong=key.model_copy(update={"private_key": other.private_key}),
        put=lambda path, content: gcs.put(bucket, path, content),
        limited=lambda permission: gcs.new_account(Permission[permission.upper()]),
    )


def _azure() -> Provider:
    azure = running_azure()
    container = azure.new_container()
    return Provider(
        settings=azure_settings(azure.url, azure.authority_host, azure.authorities),
        address=azure.address(container),
        credentials=azure.credentials(),
        wrong=azure.credentials("another-secret-of-forty-characters-0123"),
        put=lambda path, content: azure.put(container, path, content),
        limited=None,
    )


def azure_settings(url: str, authority_host: str, authorities: Path) -> Settings:
    """Return the settings with which a server reaches a local Azure."""
    return Settings(
        azure_endpoint=url, azure_authority_host=authority_host, store_authorities_file=authorities
    )
