"""The ports of a runtime."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shared.domain.lazy import lazy
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.domain.system.numbers import DiskRoom, ServerActivity
    from shared.ports.blobs import Blobs
    from shared.ports.dropped_files import DroppedFiles
    from shared.ports.event_feed import EventSignal
    from shared.ports.incoming_files import IncomingFiles
    from shared.ports.jobs import Jobs
    from shared.ports.models import KeySource, ModelPack
    from shared.ports.part_uploads import PartUploads
    from shared.ports.query_embedding import QueryEmbedder
    from shared.ports.records import Records
    from shared.ports.search_index import SearchIndex
    from shared.ports.secrets import Secrets, TenantSecrets
    from shared.ports.stores import Stores
    from shared.ports.timer import Timer
    from shared.ports.uri_fetcher import UriFetcher
    from shared.ports.webhook_sender import WebhookSender
    from shared.services.search.spaces import Spaces


@dataclass(frozen=True, eq=False)
class Ports(ABC):
    """The adapters that the services of a runtime use. Each is imported and built at first use.

    A runtime implements each abstract port as a ``lazy`` method. Creating the object touches no
    network and no file. To replace one port, in a test say, override it in a subclass: adapters
    that are built from that port use the replacement too.
    """

    sole_server: ClassVar[bool] = False
    """No other process answers requests from these records."""

    streams_answers: ClassVar[bool] = False
    """The server sends an answer while it is being made, so an answer may last for hours."""

    assumes_roles: ClassVar[bool] = False
    """Connectors to S3 may name a role of IAM instead of keys."""

    settings: Settings

    @property
    @abstractmethod
    def records(self) -> Records: ...

    @property
    @abstractmethod
    def blobs(self) -> Blobs: ...

    @property
    @abstractmethod
    def secrets(self) -> Secrets: ...

    @property
    @abstractmethod
    def tenant_secrets(self) -> TenantSecrets: ...

    @property
    @abstractmethod
    def event_signal(self) -> EventSignal: ...

    @property
    @abstractmethod
    def timer(self) -> Timer: ...

    @property
    @abstractmethod
    def webhook_sender(self) -> WebhookSender: ...

    @property
    @abstractmethod
    def stores(self) -> Stores: ...

    @property
    @abstractmethod
    def search_index(self) -> SearchIndex: ...

    @property
    @abstractmethod
    def models(self) -> ModelPack: ...

    @property
    @abstractmethod
    def jobs(self) -> Jobs: ...

    @property
    @abstractmethod
    def uri_fetcher(self) -> UriFetcher: ...

    @property
    @abstractmethod
    def upload_sessions(self) -> PartUploads: ...

    @property
    @abstractmethod
    def dropped_files(self) -> DroppedFiles:
        """Files that clients put straight into the store.

        Raises: LookupError: the store of this runtime does not take files from clients.
        """

    @property
    @abstractmethod
    def llm_key(self) -> KeySource:
        """The source of the language model's API key."""

    @lazy
    def query_embedder(self) -> QueryEmbedder:
        """The embedder of queries: by default the models of this process."""
        from shared.services.search.query_embedding import ModelQueryEmbedder

        return ModelQueryEmbedder(
            lambda: self.models,
            max_picture_bytes=self.settings.max_search_picture_bytes,
            max_picture_pixels=min(self.settings.max_search_picture_pixels, self.settings.max_picture_pixels),
        )

    @lazy
    def incoming_files(self) -> IncomingFiles:
        """Files in requests: by default written to a local disk until the blobs adopt them."""
        from shared.adapters.scratch_files import ScratchFiles

        return ScratchFiles(self.blobs)

    def embedding_spaces(self) -> Spaces | None:
        """Return the spaces of the models that embed, None while they are not known."""
        from shared.services.search.spaces import spaces_of

        return spaces_of(self.models)

    def disk_room(self) -> DiskRoom | None:
        """Return the room on the disk of the data folder, None if the runtime has none."""
        return None

    def server_activity(self) -> ServerActivity | None:
        """Return what the threads of this server do, None if work runs elsewhere."""
        return None

    def tenants(self, limit: int) -> list[str]:  # noqa: ARG002 - a runtime that lists tenants needs it
        """List the first ``limit`` tenants with records, sorted.

        Raises: LookupError: the store of this runtime cannot list them.
        """
        raise LookupError("the tenants of this runtime cannot be listed")
