"""Addresses by which a user may try to reach private networks and metadata services: a corpus for every route
and adapter that takes an address.

Names that need a name server are not part of it. Tests for them replace the resolver.
"""

from typing import Final

LOOPBACK_HOSTS: Final = (
    *("127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "127.000.000.001"),
    *("2130706433", "0x7f000001", "0x7F.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.0.0.01"),
    *("0", "0.0.0.0", "0x0", "00.0.0.0"),  # noqa: S104 - refused, not bound
    *("localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain.local"),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[::FFFF:7F00:0001]", "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[64:ff9b:1:7f00:0:100::]", "[2002:7f00:1::]"),
    *("[2002:7f00:1::1]", "[2001:0:0:0:0:0:80ff:fffe]", "[2001:4860::5efe:7f00:1]", "[::1%25lo]"),
    *(
        "\uff11\uff12\uff17.0.0.1",
        "\u2460\u2461\u2466.0.0.1",
        "127\u30020\u30020\u30021",
        "127\uff0e0\uff0e0\uff0e1",
    ),
    *("%31%32%37.0.0.1", "127%2e0%2e0%2e1", "127.0.0.1%00.example", "127.0.0.1%2f.example"),
)

PRIVATE_HOSTS: Final = (
    *("10.0.0.1", "10.255.255.255", "167772161", "0xa.1", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *("3232235777", "0xc0a80101", "100.64.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("[fc00::1]", "[fd00::1]", "[fec0::1]", "[fe80::1]", "[fe80::1%25eth0]", "[ff02::1]", "[100::1]"),
    *("[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[::ffff:10.0.0.1]", "[::ffff:192.168.0.1]"),
    *("[64:ff9b::10.0.0.1]", "[2002:a00:1::]", "[2001:4860::200:5efe:a00:1]", "printer.local", "host.lan"),
    *("router.home.arpa", "db.internal"),
)

METADATA_HOSTS: Final = (
    *("169.254.169.254", "169.254.169.254.", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376"),
    *(
        "169.254.43518",
        "169.16689662",
        "0xa9.254.0251.254",
        "025177524776",
        "169.254.170.2",
        "169.254.170.23",
    ),
    *("[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]"),
    *("[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[2001:4860::5efe:a9fe:a9fe]", "[fd00:ec2::254]"),
    *("[fd00:ec2::23]", "[fd20:ce::254]", "[fd00:c1::a9fe:a9fe]", "[fd00:42::42]", "[fe80::a9fe:a9fe]"),
    *("100.100.100.200", "1684301000", "168.63.129.16", "192.0.0.192", "metadata.google.internal"),
    *("metadata.google.internal.", "\uff11\uff16\uff19.254.169.254", "169\u3002254\u3002169\u3002254"),
)

OTHER_FORMS: Final = (
    *("https://user@127.0.0.1/", "https://user:password@127.0.0.1/", "https://93.184.216.34@127.0.0.1/"),
    *("https://93.184.216.34:443@127.0.0.1/", "https://user@93.184.216.34/", "https://:@93.184.216.34/"),
    *("https://127.0.0.1\\@93.184.216.34/", "https://93.184.216.34\\@127.0.0.1/", "https:\\\\127.0.0.1\\"),
    *(
        "https:///127.0.0.1/",
        "https:127.0.0.1",
        "//127.0.0.1/",
        "127.0.0.1/hook",
        "https://",
        "https://:443/",
    ),
    *(" https://127.0.0.1/", "https://127.0.0.1 /", "https://127.0.0.\t1/", "https://127.0.0.1\r\n.example/"),
    *("https://127.0.0.1\x00/", "https://93.184.216.34:99999/", "https://93.184.216.34:-1/"),
    *("http://93.184.216.34/", "https://93.184.216.34:22/", "https://93.184.216.34:6379/"),
    *(
        "ftp://93.184.216.34/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1:11211/",
    ),
    *("ldap://127.0.0.1/", "unix:///var/run/docker.sock", "data:text/plain,x", "javascript:alert(1)"),
    *("ws://127.0.0.1/", "jar:https://127.0.0.1!/", "netdoc:///etc/passwd", "not an address", ""),
)
"""Forms whose refusal does not depend on the host alone."""


def hostile_urls(port: int | None = None) -> list[str]:
    """Return the corpus as URLs: each host over https and http, with ``port`` if it is given, and the other
    forms."""
    authority_end = "" if port is None else f":{port}"
    hosts = (*LOOPBACK_HOSTS, *PRIVATE_HOSTS, *METADATA_HOSTS)
    by_host = [f"{scheme}://{host}{authority_end}/hook" for host in hosts for scheme in ("https", "http")]
    return [*by_host, *OTHER_FORMS]
