import pytest

from shared.adapters.http.listed_hosts import ListedHosts


@pytest.mark.parametrize(
    ("text", "host", "port", "expected"),
    [
        ("receiver.lan", "receiver.lan", 8080, True),
        ("receiver.lan:8080", "receiver.lan", 8080, True),
        ("receiver.lan:8080", "receiver.lan", 8081, False),
        ("Receiver.LAN.", "receiver.lan.", 443, True),
        (" a.lan , 10.0.0.7:9000 ", "10.0.0.7", 9000, True),
        ("[::1]:9000", "::1", 9000, True),
        ("[FD00::1]", "fd00::1", 443, True),
        ("receiver.lan", "evil.receiver.lan", 443, False),
        ("receiver.lan", "receiver.lan.evil.example", 443, False),
        ("", "", 443, False),
    ],
)
def test_host_is_listed(text: str, host: str, port: int, expected: bool) -> None:
    assert ListedHosts.parse(text).contain(host, port) is expected


@pytest.mark.parametrize(
    "text", ["http://a.lan", "a.lan/path", "a.lan:port", "::1", "a b", "user@a.lan", "*"]
)
def test_entry_that_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a host nor host:port"):
        ListedHosts.parse(text)
