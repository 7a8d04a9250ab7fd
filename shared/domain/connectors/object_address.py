"""Addresses of objects in stores of users: ``s3://bucket/key``, ``gs://bucket/key``, ``az://container/key``."""

from dataclasses import dataclass
from typing import Final, Self

from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.rules import check_key
from shared.domain.errors import InvalidRequest

MAX_KEY_BYTES: Final = 1024
"""The limit of S3 and of GCS, in UTF-8. Azure's limit is 1,024 characters."""

_SCHEMES: Final = {
    "s3": ConnectorProvider.S3,
    "gs": ConnectorProvider.GCS,
    "az": ConnectorProvider.AZURE,
    "azure": ConnectorProvider.AZURE,
}
_SCHEME_OF: Final = {
    ConnectorProvider.S3: "s3",
    ConnectorProvider.GCS: "gs",
    ConnectorProvider.AZURE: "az",
}


@dataclass(frozen=True, slots=True)
class ObjectAddress:
    """An object. ``container`` is the bucket or the container; ``key`` is exactly the object's key.

    The address is not a URL in the sense of RFC 3986: nothing in it is decoded or normalised, and ``?``,
    ``#`` and ``%`` belong to the key.
    """

    provider: ConnectorProvider
    container: str
    key: str

    @property
    def uri(self) -> str:
        """The address as text."""
        return f"{_SCHEME_OF[self.provider]}://{self.container}/{self.key}"

    @staticmethod
    def names_store(address: str) -> bool:
        """Return whether the scheme of an address is that of a store."""
        scheme, separator, _ = address.partition("://")
        return bool(separator) and scheme.lower() in _SCHEMES

    @classmethod
    def parse(cls, address: str, field: str = "video_uri") -> Self:
        """Parse an address.

        Raises: InvalidRequest: it has no scheme of a store, no bucket or no key, or the key is too long.
        """
        scheme, _, rest = address.partition("://")
        if not cls.names_store(address):
            raise InvalidRequest(field, "must start with s3://, gs:// or az:// to be read by a connector")
        container, _, key = rest.partition("/")
        if not container or not key or key.endswith("/"):
            raise InvalidRequest(
                field, f"must name an object, as in {scheme.lower()}://bucket/folder/film.mp4"
            )
        if len(key.encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES:
            raise InvalidRequest(field, f"must have a key of at most {MAX_KEY_BYTES} bytes")
        return cls(_SCHEMES[scheme.lower()], container, key)

    def check_key(self, field: str = "video_uri") -> None:
        """Raises: InvalidRequest: the object cannot be read, as ``rules.check_key``."""
        check_key(field, self.key)

    def check_store(self, store: StoreAddress, field: str = "video_uri") -> None:
        """Check that the object is in a connector's store. Raises: InvalidRequest: it is elsewhere."""
        if self.provider is not store.provider:
            raise InvalidRequest(
                field, f"is not an address of {store.provider}, the provider of the connector"
            )
        if self.container != store.container_name:
            raise InvalidRequest(field, f"must be in {store.container_name!r}, the store of the connector")
