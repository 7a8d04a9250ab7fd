"""The network addresses that a caller may make this server connect to."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address

_NAT64: Final = IPv6Network("64:ff9b::/96")
_LAST_32_BITS: Final = 0xFFFFFFFF


def resolve(host: str, port: int) -> list[Address]:
    """Resolve all addresses of ``host``, in the resolver's order. Unusual forms of IPv4 are accepted.

    Raises:
        OSError: the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("not a host name") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return list(dict.fromkeys(addresses))


def is_public(address: Address) -> bool:
    """Return whether ``address`` is reachable from the public internet.

    An IPv6 address that embeds an IPv4 address (mapped, NAT64, 6to4, Teredo) is public if the embedded one
    is. Sources: IANA special-purpose address registries, RFC 6052, RFC 3056, RFC 4380.
    """
    if isinstance(address, IPv6Address):
        embedded = _embedded_addresses(address)
        if embedded:
            return all(is_public(ipv4) for ipv4 in embedded)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded_addresses(address: IPv6Address) -> list[IPv4Address]:
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [IPv4Address(int(address) & _LAST_32_BITS)]
    if address.sixtofour is not None:
        return [address.sixtofour]
    return list(address.teredo or ())
