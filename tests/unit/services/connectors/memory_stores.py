"""Stores in memory, with credentials, permissions and failures, for the services over connectors."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shared.domain.connectors.connector import StoreAddress
from shared.domain.connectors.credentials import Credentials, S3Keys
from shared.domain.errors import InvalidRequest
from shared.ports.stores import StoredObject, StoreFailed, StoreProblem
from tests.waiting import HANG_TIMEOUT

PAGE: Final = 100
RIGHT_KEY: Final = "right-key-of-the-bucket"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class MemoryStores:
    """Implements ``shared.ports.stores.Stores``: buckets of objects, each opened with one secret key."""

    buckets: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"films": {}})
    secret_key: str = RIGHT_KEY
    refused: set[str] = field(default_factory=set)
    """Operations that the credentials may not do: list, stat, fetch, write, delete."""
    listed_pages: int = 0
    opened: int = 0
    hangs: bool = False
    """Each page of a listing comes only after the store was closed, and then fails."""
    fetched: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    on_open: Callable[[], object] = nullcontext

    def check(self, address: StoreAddress) -> None:
        if address.endpoint_url is not None:
            raise InvalidRequest("endpoint_url", "is not permitted")

    def check_credentials(self, credentials: Credentials) -> None:
        if isinstance(credentials, S3Keys) and "/" in credentials.access_key_id:
            raise InvalidRequest("aws_access_key_id", "has no form of an access key")

    def open(self, address: StoreAddress, credentials: Credentials) -> "MemoryStore":
        self.on_open()
        self.opened += 1
        return MemoryStore(self, address.container_name, credentials)


@dataclass
class MemoryStore:
    """Implements ``shared.ports.stores.Store``."""

    stores: MemoryStores
    bucket: str
    credentials: Credentials
    closed: threading.Event = field(default_factory=threading.Event)

    def list(
        self, prefix: str = "", *, recursive: bool = True, start_after: str = ""
    ) -> Iterator[Sequence[StoredObject]]:
        objects = self._objects("list")
        found = [
            _described(key, content)
            for key, content in sorted(objects.items())
            if key.startswith(prefix) and key > start_after and (recursive or "/" not in key[len(prefix) :])
        ]
        for start in range(0, len(found), PAGE):
            if self.stores.hangs:
                assert self.closed.wait(HANG_TIMEOUT)
                raise StoreFailed("The store does not answer.", StoreProblem.NO_ANSWER, retryable=True)
            self.stores.listed_pages += 1
            yield found[start : start + PAGE]

    def stat(self, path: str) -> StoredObject:
        return _described(path, self._object("stat", path))

    def fetch(
        self, path: str, destination: Path, *, limit: int, progress: Callable[[int], None]
    ) -> StoredObject:
        content = self._object("fetch", path)
        if len(content) > limit:
            raise StoreFailed("The file is too large.", StoreProblem.TOO_LARGE)
        self.stores.fetched.append(path)
        progress(len(content))
        destination.write_bytes(content)
        return _described(path, content)

    def write(
        self,
        path: str,
        source: Path,
        content_type: str,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        if self.stores.hangs:
            raise StoreFailed("The store does not answer.", StoreProblem.NO_ANSWER, retryable=True)
        objects, content = self._objects("write"), source.read_bytes()
        progress(len(content))
        objects[path] = content
        self.stores.written.append(path)
        return len(content)

    def delete(self, path: str) -> None:
        self._objects("delete").pop(path, None)

    def close(self) -> None:
        if not self.closed.is_set():
            self.stores.opened -= 1
            self.closed.set()

    def _objects(self, operation: str) -> dict[str, bytes]:
        keys = self.credentials
        if not isinstance(keys, S3Keys) or keys.secret_access_key.get_secret_value() != (
            self.stores.secret_key
        ):
            raise StoreFailed("The secret access key is wrong.", StoreProblem.WRONG_CREDENTIALS)
        if self.bucket not in self.stores.buckets:
            raise StoreFailed("There is no such bucket.", StoreProblem.NO_SUCH_BUCKET)
        if operation in self.stores.refused:
            raise StoreFailed(f"The credentials may not {operation}.", StoreProblem.NOT_PERMITTED)
        return self.stores.buckets[self.bucket]

    def _object(self, operation: str, path: str) -> bytes:
        objects = self._objects(operation)
        if "" in path.split("/"):
            raise StoreFailed("The key has an empty part. Rename it.", StoreProblem.INVALID_NAME)
        if path not in objects:
            raise StoreFailed("There is no such object.", StoreProblem.NO_SUCH_OBJECT)
        return objects[path]


def _described(key: str, content: bytes) -> StoredObject:
    return StoredObject(key, len(content), MOMENT)
