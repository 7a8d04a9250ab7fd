"""The two ends of a move: the data folder of a laptop, or a deployment on AWS."""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

from shared.adapters.local.data_folder_lock import DataFolderLock
from shared.domain.errors import Conflict
from shared.runtime import Runtime
from shared.runtime.archive_copy.stores import (
    TargetPorts,
    aws_stores,
    check_no_events,
    check_no_queued_events,
    local_stores,
)
from shared.runtime.aws import AwsPorts
from shared.runtime.local import LocalPorts
from shared.runtime.local_archive import archive_of, make_current
from shared.services.maintenance.archive_copy.contents import ArchiveStores
from shared.services.maintenance.archive_format import Archive, current_format
from shared.services.records.documents import Documents
from shared.settings import Settings

_UPGRADE_FIRST: Final = (
    "The archive in {} has the format of an earlier release. Run the command upgrade first."
)


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """The stores of an end of a move, and the identity of its archive."""

    stores: ArchiveStores
    name: str


class Place(ABC):
    """An end of a move. ``settings`` name its stores."""

    settings: Settings

    @abstractmethod
    def as_source(self, *, dry_run: bool) -> AbstractContextManager[OpenArchive]:
        """Open the archive to read it. The archive has the format of this release.

        Raises: Conflict: the format is newer or unknown, or has to be upgraded, or events wait.
        """

    @abstractmethod
    def as_target(self, *, dry_run: bool) -> AbstractContextManager[OpenArchive]:
        """Open the archive to fill it. A new archive gets the format of this release.

        Raises: Conflict: the format is newer or unknown, or has to be upgraded.
        """


@dataclass(frozen=True)
class DataFolder(Place):
    """The data folder of a laptop. It is locked while it is open."""

    settings: Settings

    @contextmanager
    def as_source(self, *, dry_run: bool) -> Iterator[OpenArchive]:
        """Raises: DataFolderInUse: a server uses the folder."""
        with DataFolderLock(self.settings.data_folder):
            ports = LocalPorts(self.settings)
            archive = archive_of(Runtime(ports))
            if dry_run and archive.format() not in (None, current_format()):
                raise Conflict(_UPGRADE_FIRST.format(self.settings.data_folder))
            make_current(Runtime(ports))
            check_no_events(ports)
            yield self._opened(ports)

    @contextmanager
    def as_target(self, *, dry_run: bool) -> Iterator[OpenArchive]:
        """Raises: DataFolderInUse: a server uses the folder."""
        with DataFolderLock(self.settings.data_folder):
            ports = TargetPorts(self.settings)
            _prepare(archive_of(Runtime(ports)), str(self.settings.data_folder), dry_run=dry_run)
            yield self._opened(ports)

    def _opened(self, ports: LocalPorts) -> OpenArchive:
        """Name the archive by a digest of a key that each data folder has of its own."""
        key = ports.secrets.get_or_create("link-signing-key", 32)
        return OpenArchive(local_stores(ports), f"laptop:{hmac.digest(key, b'archive', 'sha256').hex()}")


@dataclass(frozen=True)
class Deployment(Place):
    """A deployment, accessed with the credentials of a profile, or with those of the environment."""

    settings: Settings
    region: str
    profile: str | None = None

    @contextmanager
    def as_source(self, *, dry_run: bool) -> Iterator[OpenArchive]:  # noqa: ARG002 - nothing is written
        ports = self._ports()
        archive = Archive(Documents(ports.records), ports.record_source)
        if archive.format() not in (None, current_format()):
            raise Conflict(_UPGRADE_FIRST.format(self.settings.records_table))
        check_no_queued_events(ports)
        yield self._opened(ports)

    @contextmanager
    def as_target(self, *, dry_run: bool) -> Iterator[OpenArchive]:
        ports = self._ports()
        archive = Archive(Documents(ports.records), ports.record_source)
        _prepare(archive, str(self.settings.records_table), dry_run=dry_run)
        yield self._opened(ports)

    def _ports(self) -> AwsPorts:
        from shared.adapters.aws.clients import AwsClients

        clients = AwsClients(profile=self.profile, region=self.region)
        return AwsPorts(self.settings, clients, copying=True)

    def _opened(self, ports: AwsPorts) -> OpenArchive:
        """Name the archive by its bucket, whose name is unique in all accounts."""
        return OpenArchive(aws_stores(ports), f"s3://{self.settings.media_bucket}")


def _prepare(archive: Archive, name: str, *, dry_run: bool) -> None:
    """Stamp a new archive. Raises: Conflict: the archive has another format."""
    if archive.format() not in (None, current_format()):
        raise Conflict(_UPGRADE_FIRST.format(name))
    if not dry_run:
        archive.make_current(lambda *_: None)
