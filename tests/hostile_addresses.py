"""Addresses by which a user may try to reach private networks and metadata services: one corpus for every
route and adapter that takes an address.

Hosts are written as in a URL, IPv6 addresses in brackets. Names that need a name server are not part of the
corpus. Tests for names that change their answer replace the resolver.
"""

from typing import Final


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LOOPBACK_HOSTS: Final = (
    *_hosts(
        "127.0.0.1 127.0.0.1. 127.1 127.0.1 127.255.255.254 127.000.000.001 2130706433 0x7f000001 0x7F.1"
    ),
    *_hosts("0x7f.0.0.1 0x7f.0x0.0x0.0x1 017700000001 0177.0.0.1 0177.0.0.01 0 0.0.0.0 0x0 00.0.0.0"),
    *_hosts("localhost LOCALHOST localhost. LOCALHOST. a.localhost localhost.localdomain.local"),
    *_hosts(
        "[::1] [0:0:0:0:0:0:0:1] [0000::0001] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:0001]"
    ),
    *_hosts("[0:0:0:0:0:ffff:127.0.0.1] [::127.0.0.1] [::7f00:1] [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1]"),
    *_hosts(
        "[64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [64:ff9b:1:7f00:0:100::] [2002:7f00:1::] [2002:7f00:1::1]"
    ),
    *_hosts("[2001:0:0:0:0:0:80ff:fffe] [2001:4860::5efe:7f00:1] [2a00:1450::5efe:7f00:1] [::1%25lo]"),
    *_hosts(
        "\uff11\uff12\uff17.0.0.1 \u2460\u2461\u2466.0.0.1 127\u30020\u30020\u30021 127\uff0e0\uff0e0\uff0e1"
    ),
    *_hosts("127\uff610\uff610\uff611 \u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3"),
    *_hosts("%31%32%37.0.0.1 127%2e0%2e0%2e1 127.0.0.1%00.example 127.0.0.1%2f.example"),
)
"""Names and addresses that lead to this machine."""

PRIVATE_HOSTS: Final = (
    *_hosts("10.0.0.1 10.255.255.255 167772161 0x0a000001 0xa.1 012.0.0.1 172.16.0.1 172.31.255.255"),
    *_hosts("192.168.0.1 192.168.1.254 3232235777 0xc0a80101 100.64.0.1 100.127.255.254 192.0.0.1 192.0.0.9"),
    *_hosts("192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250"),
    *_hosts("239.255.255.255 240.0.0.1 255.255.255.255 [fc00::1] [fd00::1] [fd12:3456::1] [fec0::1]"),
    *_hosts("[fe80::1] [fe80::1%25eth0] [ff02::1] [100::1]"),
    *_hosts(
        "[100:0:0:1::1] [2001:2::1] [2001:10::1] [2001:20::1] [2001:db8::1] [3fff::1] [4000::1] [5f00::1]"
    ),
    *_hosts("[::10.0.0.1] [::ffff:10.0.0.1] [::ffff:192.168.0.1] [::ffff:0:10.0.0.1] [64:ff9b::10.0.0.1]"),
    *_hosts("[64:ff9b::c0a8:1] [64:ff9b:1::1] [64:ff9b:1:0a00:0:100::] [64:ff9b:1::93.184.216.34]"),
    *_hosts(
        "[2002:a00:1::] [2002:0a00:0001::] [2002:c0a8:0101::] [2001:0:0a00:0001::] [2001:0:5db8:d822::1]"
    ),
    *_hosts("[2600::5efe:10.0.0.1] [2606:4700::200:5efe:192.168.0.1] [2001:4860::200:5efe:a00:1]"),
    *_hosts("printer.local host.lan router.home.arpa db.internal"),
)
"""Names and addresses in private, reserved and documentation networks."""

METADATA_ADDRESSES: Final = (
    *_hosts("169.254.169.254 2852039166 0xa9fea9fe 0xA9FEA9FE 0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376"),
    *_hosts("169.254.43518 169.16689662 0xa9.254.0251.254 025177524776 169.254.170.2 169.254.170.23"),
    *_hosts("100.100.100.200 1684301000 168.63.129.16 192.0.0.192 [fd00:ec2::254] [fd00:ec2::23]"),
    *_hosts("[fd20:ce::254] [fd00:c1::a9fe:a9fe] [fd00:42::42]"),
    *_hosts(
        "[fd00:a9fe:a9fe::1] [fe80::a9fe:a9fe] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::a9fe:a9fe]"
    ),
    *_hosts("[::169.254.169.254] [::ffff:0:169.254.169.254] [::ffff:100.100.100.200] [64:ff9b::a9fe:a9fe]"),
    *_hosts("[64:ff9b::169.254.169.254] [64:ff9b::168.63.129.16] [64:ff9b:1::a9fe:a9fe]"),
    *_hosts("[64:ff9b:1:a9fe:a9:fe00::] [64:ff9b:1:a9:fe:a9fe::] [64:ff9b:1:0:a9:fea9:fe00:0]"),
    *_hosts("[2002:a9fe:a9fe::] [2002:a9fe:a9fe::1] [2001:0:a9fe:a9fe::] [2001:0:5db8:d822::5601:5601]"),
    *_hosts(
        "[2001:0:4136:e378:8000:63bf:5601:5601] [2600::5efe:169.254.169.254] [2001:4860::5efe:a9fe:a9fe]"
    ),
    *_hosts("[2606:4700::200:5efe:169.254.169.254]"),
)
"""Metadata services of AWS, Google, Azure, Oracle, Alibaba, Scaleway, Akamai and OpenStack, plain and carried
by an IPv6 address. They are refused for hosts that the operator lists, too."""

METADATA_HOSTS: Final = (
    *METADATA_ADDRESSES,
    *_hosts("169.254.169.254. metadata.google.internal metadata.google.internal."),
    *_hosts("\uff11\uff16\uff19.254.169.254 169\u3002254\u3002169\u3002254"),
)

INVALID_HOSTS: Final = (
    *_hosts("xn--a xn-- XN--a.example \u2488.example \u200d.example \U0001f600.example \u00fc..example"),
    *_hosts("%31.example a..b -a.example . [::1 [::1%25eth0] [v1.x] 93.184.216.34:0x1bb"),
    "exa mple.com",
    "a" * 64 + ".example",
    "a." * 130 + "example",
)
"""Hosts that are no valid name or address, in the syntax of a URL or in Punycode."""

OTHER_FORMS: Final = (
    *("https://user@127.0.0.1/", "https://user:password@127.0.0.1/", "https://93.184.216.34@127.0.0.1/"),
    *("https://93.184.216.34:443@127.0.0.1/", "https://user@93.184.216.34/", "https://:@93.184.216.34/"),
    *("https://127.0.0.1\\@93.184.216.34/", "https://93.184.216.34\\@127.0.0.1/", "https:\\\\127.0.0.1\\"),
    *("https:///127.0.0.1/", "https:127.0.0.1", "//127.0.0.1/", "//93.184.216.34/", "127.0.0.1/hook"),
    *("https://", "https:///hook", "https://:443/", "https://93.184.216.34/" + "a" * 9000),
    *(" https://127.0.0.1/", "https://127.0.0.1 /", "https://127.0.0.\t1/", "https://127.0.0.1\r\n.example/"),
    *("https://127.0.0.1\x00/", "https://93.184.216.34:99999/", "https://93.184.216.34:-1/"),
    *("http://93.184.216.34/", "https://93.184.216.34:0/", "https://93.184.216.34:22/"),
    *(
        "https://93.184.216.34:6379/",
        "ftp://93.184.216.34/",
        "file:///etc/passwd",
        "file://127.0.0.1/etc/passwd",
    ),
    *("gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "tftp://127.0.0.1/"),
    *("unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "data:text/plain,x"),
    *("javascript:alert(1)", "ws://127.0.0.1/", "jar:https://127.0.0.1!/", "netdoc:///etc/passwd"),
    *("not an address", ""),
)
"""Forms whose refusal does not depend on the host alone."""


def hostile_hosts() -> tuple[str, ...]:
    """Return the valid hosts of the corpus."""
    return (*LOOPBACK_HOSTS, *PRIVATE_HOSTS, *METADATA_HOSTS)


def hostile_urls(port: int | None = None) -> list[str]:
    """Return the corpus as URLs: each host over https and http, with ``port`` if it is given, and the other
    forms."""
    authority_end = "" if port is None else f":{port}"
    by_host = [
        f"{scheme}://{host}{authority_end}/hook" for host in hostile_hosts() for scheme in ("https", "http")
    ]
    return [*by_host, *invalid_hosts(), *OTHER_FORMS]


def invalid_hosts() -> list[str]:
    """Return URLs whose hosts are invalid."""
    return [f"https://{host}/hook" for host in INVALID_HOSTS]


def without_brackets(host: str) -> str:
    """Return a host as it is given to a resolver."""
    return host.removeprefix("[").removesuffix("]")
