"""Hosts in private networks, of this machine and of metadata services, in every spelling of resolvers."""

from typing import Final


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LOOPBACK: Final = _hosts(
    "127.0.0.1 127.1 127.0.1 0x7f000001 0x7f.0.0.1 0x7f.0x0.0x0.0x1 2130706433 0177.0.0.1 0177.0.0.01 "
    "017700000001 localhost LOCALHOST localhost. ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 0:0:0:0:0:0:0:1 "
    "0:0:0:0:0:ffff:127.0.0.1 127.0.0.1. 0 0.0.0.0 ::"
)
"""Names and addresses that lead to this machine."""

METADATA: Final = _hosts(
    "169.254.169.254 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 2852039166 0251.0376.0251.0376 169.254.43518 "
    "169.254.170.2 169.254.170.23 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd00:ec2::23 "
    "fd20:ce::254 fd00:c1::a9fe:a9fe fd00:42::42 fd00:a9fe:a9fe::1 fe80::a9fe:a9fe ::ffff:169.254.169.254 "
    "::ffff:a9fe:a9fe ::169.254.169.254 ::ffff:0:169.254.169.254 64:ff9b::a9fe:a9fe 64:ff9b:1::a9fe:a9fe "
    "64:ff9b:1:a9fe:a9:fe00:: 2002:a9fe:a9fe:: 2002:a9fe:a9fe::1 2001:0:a9fe:a9fe:: "
    "2001:0:4136:e378:8000:63bf:5601:5601 2606:4700::5efe:a9fe:a9fe 2606:4700::200:5efe:169.254.169.254"
)
"""Addresses of metadata services, plain and carried by an IPv6 address."""

PRIVATE: Final = _hosts(
    "10.0.0.1 10.255.255.255 0x0a000001 167772161 012.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 "
    "192.168.1.254 0xc0a80101 100.64.0.1 100.127.255.254 192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 "
    "198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 fc00::1 fd12:3456::1 "
    "fec0::1 ff02::1 2001:db8::1 3fff::1 2001:2::1 2001:10::1 100::1 5f00::1 4000::1 ::10.0.0.1 "
    "::ffff:10.0.0.1 ::ffff:192.168.0.1 ::ffff:0:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b::c0a8:1 64:ff9b:1::1 "
    "64:ff9b:1:0a00:0:100:: 2002:0a00:0001:: 2002:7f00:0001::1 2002:c0a8:0101:: 2001:0:0a00:0001:: "
    "2606:4700::5efe:10.0.0.1 2606:4700::200:5efe:192.168.0.1 2a00:1450::5efe:7f00:1"
)
"""Addresses in private, reserved and documentation networks, plain and carried by an IPv6 address."""

ALL: Final = (*LOOPBACK, *METADATA, *PRIVATE)
