"""Stores of users: objects in S3, Google Cloud Storage and Azure, listed, read and written.

Adapters pass ``tests/contract/test_stores.py``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from shared.domain.connectors.connector import StoreAddress
from shared.domain.connectors.credentials import Credentials
from shared.domain.connectors.store_problem import StoreProblem

__all__ = ["Store", "StoreFailed", "StoreProblem", "StoredObject", "Stores"]


class StoreFailed(Exception):
    """A store refuses an operation, or does not answer.

    The text is one sentence for the owner of the connector. It never holds credentials.
    """

    def __init__(self, message: str, problem: StoreProblem, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.problem = problem
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of a store. ``path`` is its whole key, without the bucket. ``size`` is in bytes."""

    path: str
    size: int
    last_modified: datetime
    etag: str | None = None
    content_type: str | None = None


class Store(Protocol):
    """An open store. Every method raises StoreFailed, with ADDRESS_REFUSED if the store's address is not
    permitted. All but ``list`` raise it with INVALID_NAME for keys that the adapter cannot express.

    Operations of one store run one after another.
    """

    def list(
        self, prefix: str = "", *, recursive: bool = True, start_after: str = ""
    ) -> Iterator[Sequence[StoredObject]]:
        """Walk over the objects whose key starts with ``prefix``, in pages, without holding earlier pages.

        Keys are those of the store, whatever they hold: no path may be made of one. Keys that end in ``/``,
        as consoles make them for folders, are left out.

        ``recursive`` False leaves out objects with a further ``/`` after the prefix. The walk begins behind
        the key ``start_after``, which need not exist.
        """
        ...

    def stat(self, path: str) -> StoredObject:
        """Return an object without its bytes."""
        ...

    def fetch(
        self, path: str, destination: Path, *, limit: int, progress: Callable[[int], None]
    ) -> StoredObject:
        """Stream an object into a file. ``progress`` gets the number of bytes so far and may raise.

        Raises: StoreFailed: also TOO_LARGE, if the object has more than ``limit`` bytes.
        """
        ...

    def write(
        self,
        path: str,
        source: Path,
        content_type: str,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Stream a file into an object, replacing it. Return its size in bytes.

        ``progress`` gets the number of bytes so far and may raise.
        """
        ...

    def delete(self, path: str) -> None:
        """Delete an object. A missing object is no error."""
        ...

    def close(self) -> None:
        """Free what the store holds."""
        ...


class Stores(Protocol):
    """Opens stores. Only what the arguments and the operator's settings say has an effect: no variable of the
    environment, no metadata service, no profile of this machine."""

    def check(self, address: StoreAddress) -> None:
        """Check an address before a connector is stored.

        Raises: InvalidRequest: it names the field that is invalid, or that the operator does not permit.
        """
        ...

    def check_credentials(self, credentials: Credentials) -> None:
        """Check the form of credentials before they are stored. No request is sent.

        Raises: InvalidRequest: it names the field that is invalid.
        """
        ...

    def open(self, address: StoreAddress, credentials: Credentials) -> Store:
        """Open a store. No request is sent yet. Raises: StoreFailed."""
        ...
