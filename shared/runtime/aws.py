"""The AWS runtime: DynamoDB, S3, OpenSearch, Step Functions, Secrets Manager.

Creating it touches no network. Clients are created, and adapters imported, at first use.
"""

from __future__ import annotations

import importlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from shared.domain.lazy import lazy
from shared.runtime import Runtime
from shared.runtime.ports import Ports
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.adapters.aws.clients import AwsClients
    from shared.adapters.aws.event_feed.dispatcher import EventDispatcher
    from shared.adapters.aws.jobs.jobs import AwsJobs
    from shared.adapters.aws.jobs.queue import JobQueue
    from shared.adapters.aws.search.index import OpenSearchIndex
    from shared.adapters.aws.tenant_secrets import SealedSecretSource, SealedTenantSecrets
    from shared.adapters.aws.timer import SqsTimer
    from shared.ports.blobs import Blobs
    from shared.ports.dropped_files import DroppedFiles
    from shared.ports.event_feed import EventSignal
    from shared.ports.incoming_files import IncomingFiles
    from shared.ports.models import KeySource, ModelPack
    from shared.ports.query_embedding import QueryEmbedder
    from shared.ports.record_source import RecordSource
    from shared.ports.records import Records
    from shared.ports.search_index import SearchIndex
    from shared.ports.secrets import Secrets
    from shared.ports.stores import Stores
    from shared.ports.upload_sessions import UploadSessions
    from shared.ports.uri_fetcher import UriFetcher
    from shared.ports.webhook_sender import WebhookSender
    from shared.services.search.spaces import SearchSpaces, Spaces

SCRATCH_VARIABLE: Final = "TMPDIR"


class MissingSetting(ValueError):
    """The stack did not set a setting that this process of the AWS runtime needs."""

    def __init__(self, name: str) -> None:
        prefix = Settings.model_config["env_prefix"]
        super().__init__(f"{prefix}{name.upper()} is not set")


def aws_runtime(
    settings: Settings,
    *,
    worker: bool = False,
    streaming: bool = False,
    copying: bool = False,
    searching: bool = False,
) -> Runtime:
    """Build the runtime over the AWS stores that the settings name; see ``AwsPorts``. ``searching``: every
    request of the process searches."""
    # Every function needs botocore. It is imported now because a cold start has more processor time
    # than the first call.
    from shared.adapters.aws.clients import AwsClients

    if searching:
        importlib.import_module("shared.adapters.aws.search.index")
    return Runtime(AwsPorts(settings, AwsClients(), worker=worker, streaming=streaming, copying=copying))


@dataclass(frozen=True, eq=False)
class AwsPorts(Ports):
    """Adapters of AWS services. A port reads its settings at first use, so a function needs only the
    settings of the ports that it uses.

    Raises: MissingSetting: at first use of a port whose setting is missing.
    """

    assumes_roles: ClassVar[bool] = True

    clients: AwsClients

    worker: bool = False
    """The process has the models of the pack that the settings name."""

    streaming: bool = False
    """A file in a request is passed on to S3 while it arrives and is never written to a local disk."""

    copying: bool = False
    """The process copies an archive, whose events are not dispatched again."""

    @lazy
    def records(self) -> Records:
        from shared.adapters.aws.records.records import DynamoRecords

        table = _required("records_table", self.settings.records_table)
        return DynamoRecords(table, self.clients.get("dynamodb"), copying=self.copying)

    @lazy
    def blobs(self) -> Blobs:
        from shared.adapters.aws.blobs import S3Blobs

        return S3Blobs(self._bucket, self.clients.get("s3"), scratch=_scratch() / "media")

    @lazy
    def secrets(self) -> Secrets:
        from shared.adapters.aws.secrets import SecretsManagerSecrets

        return SecretsManagerSecrets(
            self.clients.get("secretsmanager"),
            prefix=f"{self.settings.secrets_prefix}/",
            encryption_key=self.settings.encryption_key_arn,
        )

    @lazy
    def tenant_secrets(self) -> SealedTenantSecrets:
        from shared.adapters.aws.tenant_secrets import SealedTenantSecrets

        key = _required("encryption_key_arn", self.settings.encryption_key_arn)
        return SealedTenantSecrets(self.records, self.clients.get("kms"), key)

    @lazy
    def record_source(self) -> RecordSource:
        """All records, for commands: the roles of functions do not permit it."""
        from shared.adapters.aws.records.record_source import DynamoRecordSource

        table = _required("records_table", self.settings.records_table)
        return DynamoRecordSource(table, self.clients.get("dynamodb"))

    @lazy
    def tenant_secret_source(self) -> SealedSecretSource:
        """All secrets of users, for commands."""
        from shared.adapters.aws.tenant_secrets import SealedSecretSource

        key = _required("encryption_key_arn", self.settings.encryption_key_arn)
        return SealedSecretSource(self.records, self.record_source, self.clients.get("kms"), key)

    @lazy
    def event_signal(self) -> EventSignal:
        from shared.adapters.aws.event_feed.signal import SilentEventSignal

        return SilentEventSignal()

    @lazy
    def timer(self) -> SqsTimer:
        from shared.adapters.aws.timer import SqsTimer
        from shared.runtime.due_dispatch import group_of

        queue = _required("due_work_queue", self.settings.due_work_queue)
        return SqsTimer(queue, self.clients.get("sqs"), group_of)

    @lazy
    def event_dispatcher(self) -> EventDispatcher:
        """The dispatcher from the table's stream to the consumers of the event feed."""
        from shared.adapters.aws.event_feed.dispatcher import EventDispatcher

        topic = _required("event_topic", self.settings.event_topic)
        return EventDispatcher(topic, self.clients.get("sns"))

    @lazy
    def webhook_sender(self) -> WebhookSender:
        from shared.adapters.http.webhook_sender import HttpWebhookSender

        return HttpWebhookSender(self.settings)

    @lazy
    def stores(self) -> Stores:
        from shared.adapters.aws.assumed_roles import AssumedRoles
        from shared.adapters.http.stores.specifications import S3Session
        from shared.adapters.http.stores.stores import ObjectStores

        roles = AssumedRoles(lambda: self.clients.get("sts"))
        return ObjectStores(self.settings, lambda role, _region: S3Session(*roles.assume(role)))

    @lazy
    def search_index(self) -> SearchIndex:
        """The search index.

        A worker opens the index of its models' spaces and stores the spaces. A process without models reads
        the spaces that workers stored.
        """
        if self.worker:
            from shared.services.search.spaces import spaces_of

            spaces = spaces_of(self.models)
            self._stored_spaces.keep(spaces)
            return open_search(self.settings, spaces)
        from shared.adapters.aws.search.known_spaces import KnownSpacesIndex

        return KnownSpacesIndex(self._stored_spaces.known, lambda spaces: open_search(self.settings, spaces))

    @lazy
    def models(self) -> ModelPack:
        from shared.models.catalogue import build_extractors

        settings, weights_cache = self.settings, _scratch() / "models"
        if settings.model_pack == "gpu":
            from shared.models.gpu_pack import gpu_models

            pack = gpu_models(settings, weights_cache)
        else:
            from shared.models.cpu_pack import cpu_models

            pack = cpu_models(settings, weights_cache)
        extractors = build_extractors(settings, pack.text_embedder, self.llm_key, weights_cache=weights_cache)
        return replace(pack, extractors=extractors)

    @lazy
    def query_embedder(self) -> QueryEmbedder:
        """The query embedding function if the stack has one, else the models of this process."""
        function = self.settings.query_embedding_function
        if not function:
            return super().query_embedder
        from shared.adapters.aws.query_embedding import LambdaQueryEmbedder

        return LambdaQueryEmbedder(function, self.clients.get("lambda"), self._stored_spaces.known)

    @lazy
    def jobs(self) -> AwsJobs:
        from shared.runtime.queued.aws_jobs import aws_jobs

        return aws_jobs(self.settings, self.clients)

    @lazy
    def worker_jobs(self) -> JobQueue:
        """The queue that workers take jobs from: batches of files to import, exports and clips."""
        return self._job_queue("import_batches_queue", self.settings.import_batches_queue)

    @lazy
    def import_listings(self) -> JobQueue:
        """The queue of imports whose store is to be listed."""
        return self._job_queue("import_listings_queue", self.settings.import_listings_queue)

    def _job_queue(self, name: str, url: str | None) -> JobQueue:
        from shared.adapters.aws.jobs.queue import JobQueue

        return JobQueue(_required(name, url), self.clients.get("sqs"))

    @lazy
    def uri_fetcher(self) -> UriFetcher:
        from shared.adapters.http.uri_fetcher import HttpsFetcher

        return HttpsFetcher(self.settings)

    @lazy
    def upload_sessions(self) -> UploadSessions:
        from shared.adapters.aws.upload_sessions import S3UploadSessions

        return S3UploadSessions(self._bucket, self.clients.get("s3"))

    @lazy
    def dropped_files(self) -> DroppedFiles:
        from shared.adapters.aws.dropped_files import S3DroppedFiles

        return S3DroppedFiles(self._bucket, self.clients.get("s3"))

    @lazy
    def incoming_files(self) -> IncomingFiles:
        if not self.streaming:
            return super().incoming_files
        from shared.adapters.aws.incoming_files import S3IncomingFiles

        max_bytes = self.settings.max_upload_bytes
        return S3IncomingFiles(self._bucket, self.clients.get("s3"), max_bytes=max_bytes)

    @lazy
    def llm_key(self) -> KeySource:
        secret = self.settings.llm_api_key_secret
        if secret is None:
            return lambda: self.settings.llm_api_key
        from shared.adapters.aws.llm_key import StoredKey

        return StoredKey(self.clients.get("secretsmanager"), secret)

    def embedding_spaces(self) -> Spaces | None:
        return self._stored_spaces.known()

    @property
    def _bucket(self) -> str:
        return _required("media_bucket", self.settings.media_bucket)

    @property
    def _stored_spaces(self) -> SearchSpaces:
        from shared.services.records.documents import Documents
        from shared.services.search.spaces import SearchSpaces

        return SearchSpaces(Documents(self.records))


def open_search(settings: Settings, spaces: Spaces) -> OpenSearchIndex:
    """Open the index of these spaces. The signing service ``aoss`` means a Serverless collection."""
    from shared.adapters.aws.search.connection import connect
    from shared.adapters.aws.search.index import OpenSearchIndex

    return OpenSearchIndex(
        connect(_required("search_endpoint", settings.search_endpoint), settings.search_service),
        index_prefix=settings.search_index_prefix,
        text_space=spaces.text,
        picture_space=spaces.picture,
        shards=settings.search_shards,
        replicas=settings.search_replicas,
        exact_up_to=settings.search_exact_vectors,
        collection=settings.search_service == "aoss",
    )


def _scratch() -> Path:
    """Return the folder for temporary files: below ``/tmp`` in a Lambda function, and in the worker's
    container below the volume that its job definition names."""
    return Path(os.environ.get(SCRATCH_VARIABLE) or tempfile.gettempdir()) / "videovector-server"


def _required(name: str, value: str | None) -> str:
    if not value:
        raise MissingSetting(name)
    return value
