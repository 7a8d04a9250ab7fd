"""Addresses of stores that the operator permits, beside those of the providers."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final

from shared.adapters.http.stores.store_process.messages import PermittedHost

_ORIGIN: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:(?P<port>\d{1,5}))?/?",
    re.ASCII | re.IGNORECASE,
)
_MAX_PORT: Final = 65_535


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
    found = _ORIGIN.fullmatch(address.strip())
    if found is None:
        return None
    scheme, name, digits = found.group("scheme").lower(), found.group("host"), found.group("port")
    port = int(digits) if digits else (443 if scheme == "https" else 80)
    try:
        host = str(IPv6Address(name[1:-1])) if name.startswith("[") else name.lower()
    except ValueError:
        return None
    return Origin(scheme, host, port) if 0 < port <= _MAX_PORT else None


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
