"""Hosts that the operator lists in a setting, for which the rules of public addresses do not hold."""

import re
from dataclasses import dataclass
from typing import Final, Self

_ENTRY: Final = re.compile(r"(\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(:(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class ListedHosts:
    """Hosts as a user's URL names them, in lower case; no name is resolved to compare it.

    ``entries`` are pairs of host and port; the port None stands for every port.
    """

    entries: frozenset[tuple[str, int | None]]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a list such as ``receiver.lan, 10.0.0.7:8080, [::1]:9000``, separated by commas.

        Raises:
            ValueError: an entry is neither ``host`` nor ``host:port``.
        """
        return cls(frozenset(_entry(each.strip()) for each in text.split(",") if each.strip()))

    def contain(self, host: str, port: int) -> bool:
        name = host.rstrip(".").lower()
        return (name, None) in self.entries or (name, port) in self.entries


def _entry(text: str) -> tuple[str, int | None]:
    match = _ENTRY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is neither a host nor host:port")
    host = match["ipv6"] or match["name"].rstrip(".")
    return host.lower(), int(match["port"]) if match["port"] else None


NO_HOSTS: Final = ListedHosts(frozenset())
