"""Addresses of stores that the operator permits, beside those of the providers."""

from dataclasses import dataclass

import httpx

from shared.adapters.http.stores.store_process.messages import PermittedHost


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a store. ``host`` is in lower case, without brackets."""

    scheme: str
    host: str
    port: int

    @property
    def text(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def permitted(self) -> PermittedHost:
        """Return the host as the operator permits it: it may be in a private network."""
        return PermittedHost(self.host, self.port, must_be_public=False)


def origin(address: str) -> Origin | None:
    """Parse an address of scheme, host and port. Return None for any other, for example with a path."""
    try:
        url = httpx.URL(address.strip())
        host = url.raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, ValueError):
        return None
    has_more = url.path not in ("", "/") or url.userinfo or url.query or url.fragment or "?" in address
    if url.scheme not in ("http", "https") or not host or has_more or "\\" in address:
        return None
    return Origin(url.scheme, host, url.port or (443 if url.scheme == "https" else 80))


def listed_origins(addresses: str) -> list[Origin]:
    """Parse the addresses of a setting, separated by commas. Raises: ValueError: one is not an address."""
    listed = []
    for address in filter(None, (each.strip() for each in addresses.split(","))):
        parsed = origin(address)
        if parsed is None:
            raise ValueError(
                f"{address!r} must be scheme, host and port, such as https://minio.example.org:9000"
            )
        listed.append(parsed)
    return listed
