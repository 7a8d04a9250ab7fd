"""The network addresses that a caller may make this server connect to."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from shared.adapters.http.address_ranges import (
    GLOBAL_UNICAST,
    METADATA_SERVICES,
    NOT_PUBLIC_IPV4,
    NOT_PUBLIC_IPV6,
)

Address = IPv4Address | IPv6Address

_LAST_32_BITS: Final = tuple(
    IPv6Network(text)
    for text in (
        "::/96",  # IPv4-compatible (RFC 4291)
        "::ffff:0:0/96",  # IPv4-mapped (RFC 4291)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 7915)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
    )
)
"""Networks whose addresses end in an IPv4 address."""

_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")
"""Local NAT64 prefixes of any length (RFC 8215)."""

_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)
"""The upper half of interface identifiers that end in an IPv4 address (RFC 5214)."""


def resolve(host: str, port: int) -> list[Address]:
    """Resolve all addresses of ``host``, in the resolver's order. Unusual forms of IPv4 are accepted.

    Raises:
        OSError: the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (UnicodeError, OverflowError) as error:
        raise OSError("not a host name") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return list(dict.fromkeys(addresses))


def is_public(address: Address) -> bool:
    """Return whether ``address`` and each address that it carries are reachable from the public internet."""
    if is_metadata_service(address):  # of which one has an address in a public range
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_IPV4)
    carried = carried_addresses(address)
    if any(address in network for network in _LAST_32_BITS[1:]):
        return all(map(is_public, carried))
    if address not in GLOBAL_UNICAST or any(address in network for network in NOT_PUBLIC_IPV6):
        return False
    return all(map(is_public, carried))


def is_metadata_service(address: Address) -> bool:
    """Return whether ``address``, or an address that it carries, may be a cloud's metadata service."""
    addresses = [address, *carried_addresses(address)]
    return any(each in network for each in addresses for network in METADATA_SERVICES)


def carried_addresses(address: Address) -> list[IPv4Address]:
    """Return every IPv4 address to which a translator or a tunnel may forward packets for ``address``.

    Sources: RFC 4291 (2.5.5), RFC 7915, RFC 6052 (2.2), RFC 8215, RFC 3056 (6to4), RFC 4380 (Teredo) and
    RFC 5214 (ISATAP). A local NAT64 prefix may have several lengths, so all positions are returned.
    """
    if isinstance(address, IPv4Address):
        return []
    bits = int(address)
    carried: list[int] = []
    if any(address in network for network in _LAST_32_BITS):
        carried.append(bits)
    if address in _LOCAL_NAT64:
        carried += _after_prefix(bits)
    if address.sixtofour is not None:
        carried.append(int(address.sixtofour))
    if address.teredo is not None:
        carried += map(int, address.teredo)
    if bits >> 32 & 0xFFFF_FFFF in _ISATAP:
        carried.append(bits)
    return [IPv4Address(each & 0xFFFF_FFFF) for each in carried]


def _after_prefix(bits: int) -> list[int]:
    """Return the IPv4 addresses after prefixes of 48, 56, 64 and 96 bits. Bits 64 to 71 are left out."""
    without_gap = (bits >> 64 << 56) | (bits & (1 << 56) - 1)
    return [without_gap >> 40, without_gap >> 32, without_gap >> 24, bits]
