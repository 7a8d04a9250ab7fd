"""Ranges of addresses that no caller may reach, or none outside a trusted network.

The tables of the interpreter change with its version, so these are written down here. Sources: IANA IPv4 and
IPv6 Special-Purpose Address Registries (October 2025), RFC 4291 (global unicast is 2000::/3), and the
documentation of the clouds for their metadata services.
"""

from ipaddress import IPv4Network, IPv6Network
from typing import Final

NOT_PUBLIC_IPV4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private use (RFC 1918)
        "100.64.0.0/10",  # shared address space of carriers (RFC 6598)
        "127.0.0.0/8",  # loopback (RFC 1122)
        "169.254.0.0/16",  # link-local (RFC 3927)
        "172.16.0.0/12",  # private use (RFC 1918)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # former 6to4 relays (RFC 7526)
        "192.168.0.0/16",  # private use (RFC 1918)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved, and broadcast (RFC 1112, RFC 8190)
    )
)

GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""No other IPv6 address is public, so that ranges that are assigned later are refused too."""

NOT_PUBLIC_IPV6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID (RFC 2928)
        "2001:db8::/32",  # documentation (RFC 3849)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""Ranges inside the global unicast addresses."""

METADATA_SERVICES: Final = tuple(
    map(
        IPv6Network,
        (
            "fe80::/10",  # link-local: OpenStack and others
            "fd00:ec2::/32",  # AWS: instance metadata, pod identity
            "fd20:ce::/32",  # Google Cloud
            "fd00:c1::a9fe:a9fe/128",  # Oracle Cloud
            "fd00:42::42/128",  # Scaleway
            "fd00:a9fe:a9fe::/48",  # Akamai
        ),
    )
) + tuple(
    map(
        IPv4Network,
        (
            "169.254.0.0/16",  # link-local: nearly every cloud, and containers of AWS
            "100.100.100.200/32",  # Alibaba Cloud
            "168.63.129.16/32",  # Azure: wire server
            "192.0.0.192/32",  # Oracle Cloud, first generation
        ),
    )
)
"""Services that hand out credentials of this machine. No setting permits access to them."""
