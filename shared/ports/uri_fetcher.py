"""Fetching a medium from a caller's URI. Only this port connects to addresses that a caller chooses."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fetched:
    content_type: str
    size: int


class UriRefused(Exception):
    """The URI breaks a rule. The message states the rule ("must start with ...")."""


class FetchFailed(Exception):
    """The fetch failed. The message is shown to the caller."""

    def __init__(self, message: str, *, code: str, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


class UriFetcher(Protocol):
    def check(self, uri: str) -> None:
        """Refuse URIs that can never be fetched: other schemes, credentials, addresses that are not public.

        A host that cannot be resolved at the moment passes; ``fetch`` checks it again.

        Raises:
            UriRefused
        """
        ...

    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        """Write at most ``limit`` bytes to ``destination``. Every redirect is checked like the URI.

        ``progress`` is called with the number of bytes so far, and may raise to stop the fetch.

        Raises:
            UriRefused, FetchFailed
        """
        ...
