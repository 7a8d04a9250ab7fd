"""The rules that a caller's URI must keep, and the address that it leads to."""

import re
from dataclasses import dataclass
from typing import Final

import httpx

from shared.adapters.http.listed_hosts import NO_HOSTS, ListedHosts
from shared.adapters.http.public_address import Address, is_metadata_service, is_public, resolve
from shared.ports.uri_fetcher import UriRefused

_PORTS: Final = frozenset({443, 8443})
_MAX_URI_CHARACTERS: Final = 8192

_PRIVATE_DOMAINS: Final = ("localhost", "local", "internal", "home.arpa", "lan")
"""Domains that are never part of the public internet (RFC 6761, RFC 6762, RFC 8375, ICANN 2024)."""

_MAX_HOST_CHARACTERS: Final = 253
_LABEL: Final = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
"""Labels have at most 63 characters (RFC 1035). Underscores occur in practice."""

_INVALID_HOST: Final = "must name a valid host"
_NOT_PUBLIC: Final = "must not point into a private network"


class HostRefused(UriRefused):
    """The host is refused by its network, scheme or port. The operator can list it."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked URL. ``host`` is in ASCII. ``address`` is None if the host could not be resolved."""

    url: httpx.URL
    host: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class UriRules:
    """``allow_private`` permits private networks, but never the metadata services of clouds.

    The operator's ``listed_hosts`` may be in any network and have any port, over http too. Metadata services
    are refused for them as well.
    """

    allow_private: bool
    listed_hosts: ListedHosts = NO_HOSTS

    def checked(self, uri: str, *, base: httpx.URL | None = None) -> Destination:
        """Check a URI, or the location of a redirect relative to ``base``. Raises: UriRefused."""
        url = _parse(uri, base)
        host = _ascii_host(url)
        port = url.port if url.port is not None else (443 if url.scheme == "https" else 80)
        listed = self.listed_hosts.contain(host, port)
        try:
            addresses = resolve(host.rstrip("."), port)
        except OSError:
            if listed:
                return Destination(url, host, None)
            if _is_in_private_domain(host):
                raise HostRefused(_NOT_PUBLIC) from None
            _check_scheme(url, port)
            return Destination(url, host, None)
        if any(map(is_metadata_service, addresses)):
            raise UriRefused(_NOT_PUBLIC)
        if listed:
            return Destination(url, host, addresses[0])
        if all(map(is_public, addresses)):
            _check_scheme(url, port)
        elif not self.allow_private:
            raise HostRefused(_NOT_PUBLIC)
        return Destination(url, host, addresses[0])


def _parse(uri: str, base: httpx.URL | None) -> httpx.URL:
    if len(uri) > _MAX_URI_CHARACTERS:
        raise UriRefused(f"must have at most {_MAX_URI_CHARACTERS:,} characters")
    try:
        url = httpx.URL(uri) if base is None else base.join(uri)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise UriRefused("must be a valid URL") from error
    if url.scheme not in ("https", "http"):
        raise UriRefused("must start with https://")
    if url.userinfo:
        raise UriRefused("must not hold a user name or password")
    return url


def _ascii_host(url: httpx.URL) -> str:
    """Return the host as it is resolved. Names in other scripts are in Punycode (RFC 5891)."""
    try:
        readable = url.host  # decodes Punycode
        host = url.raw_host.decode("ascii").lower()
    except ValueError as error:
        raise UriRefused(_INVALID_HOST) from error
    if ":" in host and "%" not in host:
        return host
    if not readable or len(host) > _MAX_HOST_CHARACTERS or not _HOST.fullmatch(host):
        raise UriRefused(_INVALID_HOST)
    return host


def _check_scheme(url: httpx.URL, port: int) -> None:
    """Check the scheme and the port of a public host."""
    if url.scheme != "https":
        raise HostRefused("must start with https://")
    if port not in _PORTS:
        raise HostRefused("must use port 443 or 8443")


def _is_in_private_domain(host: str) -> bool:
    name = f".{host.rstrip('.').lower()}"
    return any(name.endswith(f".{private}") for private in _PRIVATE_DOMAINS)
