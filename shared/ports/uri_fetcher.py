"""Fetching a medium from an address that a caller gave: the one place where we dial out for them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fetched:
    content_type: str
    size: int


class UriRefused(Exception):
    """The address breaks a rule. The message is a rule a person can follow ("must start with ...")."""


class FetchFailed(Exception):
    """The bytes could not be had. The message is shown to the person who asked for them."""

    def __init__(self, message: str, *, code: str, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


class UriFetcher(Protocol):
    def check(self, uri: str) -> None:
        """Refuse what can never be fetched: other schemes, credentials, addresses that are not public.

        A host that cannot be resolved just now passes; it is looked at again when it is fetched.

        Raises:
            UriRefused
        """
        ...

    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        """Write at most ``limit`` bytes to ``destination``; every redirect is checked like the address.

        ``progress`` is called with the bytes so far and may raise to stop.

        Raises:
            UriRefused, FetchFailed
        """
        ...
