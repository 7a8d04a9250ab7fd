"""The AWS runtime: DynamoDB, S3, OpenSearch, Step Functions, Secrets Manager.

Making it touches no network. Clients are made, and adapters imported, when something first asks.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from shared.domain.job import Workflow
from shared.runtime import Runtime
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.adapters.aws.clients import AwsClients
    from shared.adapters.aws.dropped_files import S3DroppedFiles
    from shared.adapters.aws.incoming_files import S3IncomingFiles
    from shared.adapters.aws.search.index import OpenSearchIndex
    from shared.ports.blobs import Blobs
    from shared.ports.jobs import Jobs
    from shared.ports.models import KeySource, ModelPack
    from shared.ports.query_embedding import QueryEmbedder
    from shared.ports.records import Records
    from shared.ports.search_index import SearchIndex
    from shared.ports.secrets import Secrets
    from shared.ports.upload_sessions import UploadSessions
    from shared.ports.uri_fetcher import UriFetcher
    from shared.services.search.spaces import Spaces

SCRATCH_VARIABLE: Final = "TMPDIR"


class MissingSetting(ValueError):
    """The AWS runtime cannot do without this setting; the stacks set it for whoever needs it."""

    def __init__(self, name: str) -> None:
        prefix = Settings.model_config["env_prefix"]
        super().__init__(f"{prefix}{name.upper()} is not set")


def aws_runtime(settings: Settings, *, worker: bool = False, streaming: bool = False) -> Runtime:
    """``worker``: the process has the models of the pack that the settings name. ``streaming``: a file
    that comes with a request goes on to S3 while it arrives, and never lies on a disk here.

    Settings are asked for when they are needed, so a function has only those that it uses.
    """
    from shared.adapters.aws.clients import AwsClients

    clients = AwsClients()
    return Runtime(
        settings,
        records=lambda runtime: _records(runtime, clients),
        blobs=lambda runtime: _blobs(runtime, clients),
        secrets=lambda runtime: _secrets(runtime, clients),
        search_index=_workers_search_index if worker else _search_index,
        models=_models,
        jobs=lambda runtime: _jobs(runtime, clients),
        uri_fetcher=_uri_fetcher,
        upload_sessions=lambda runtime: _upload_sessions(runtime, clients),
        dropped_files=lambda runtime: _dropped_files(runtime, clients),
        incoming_files=(lambda runtime: _incoming_files(runtime, clients)) if streaming else None,
        llm_key=lambda runtime: _llm_key(runtime, clients),
        query_embedder=(
            (lambda runtime: _query_embedder(runtime, clients)) if settings.query_embedding_function else None
        ),
        sole_server=False,
    )


def _records(runtime: Runtime, clients: AwsClients) -> Records:
    from shared.adapters.aws.records.records import DynamoRecords

    return DynamoRecords(_required(runtime, "records_table"), clients.get("dynamodb"))


def _blobs(runtime: Runtime, clients: AwsClients) -> Blobs:
    from shared.adapters.aws.blobs import S3Blobs

    return S3Blobs(_required(runtime, "media_bucket"), clients.get("s3"), scratch=_scratch() / "media")


def _upload_sessions(runtime: Runtime, clients: AwsClients) -> UploadSessions:
    from shared.adapters.aws.upload_sessions import S3UploadSessions

    return S3UploadSessions(_required(runtime, "media_bucket"), clients.get("s3"))


def _dropped_files(runtime: Runtime, clients: AwsClients) -> S3DroppedFiles:
    from shared.adapters.aws.dropped_files import S3DroppedFiles

    return S3DroppedFiles(_required(runtime, "media_bucket"), clients.get("s3"))


def _incoming_files(runtime: Runtime, clients: AwsClients) -> S3IncomingFiles:
    from shared.adapters.aws.incoming_files import S3IncomingFiles

    most = runtime.settings.max_upload_bytes
    return S3IncomingFiles(_required(runtime, "media_bucket"), clients.get("s3"), most_bytes=most)


def _secrets(runtime: Runtime, clients: AwsClients) -> Secrets:
    from shared.adapters.aws.secrets import SecretsManagerSecrets

    settings = runtime.settings
    return SecretsManagerSecrets(
        clients.get("secretsmanager"),
        prefix=f"{settings.secrets_prefix}/",
        encryption_key=settings.encryption_key_arn,
    )


def _llm_key(runtime: Runtime, clients: AwsClients) -> KeySource:
    settings = runtime.settings
    if settings.llm_api_key_secret is None:
        return lambda: settings.llm_api_key
    from shared.adapters.aws.llm_key import StoredKey

    return StoredKey(clients.get("secretsmanager"), settings.llm_api_key_secret)


def _jobs(runtime: Runtime, clients: AwsClients) -> Jobs:
    from shared.adapters.aws.jobs import StepFunctionsJobs

    settings = runtime.settings
    machines = {
        Workflow.INGEST: settings.ingest_state_machine,
        Workflow.PROMPT_RUN: settings.prompt_run_state_machine,
        Workflow.SEGMENT_RETRY: settings.segment_retry_state_machine,
        Workflow.DELETION: settings.deletion_state_machine,
    }
    known = {workflow: arn for workflow, arn in machines.items() if arn is not None}
    return StepFunctionsJobs(known, clients.get("stepfunctions"))


def _search_index(runtime: Runtime) -> SearchIndex:
    """A process without models takes the spaces that workers wrote down."""
    from shared.adapters.aws.search.known_spaces import KnownSpacesIndex

    return KnownSpacesIndex(runtime.search_spaces.known, lambda spaces: open_search(runtime, spaces))


def _workers_search_index(runtime: Runtime) -> SearchIndex:
    spaces = spaces_of(runtime.models)
    runtime.search_spaces.keep(spaces)
    return open_search(runtime, spaces)


def spaces_of(models: ModelPack) -> Spaces:
    from shared.services.search.spaces import Spaces

    return Spaces(text=models.text_embedder.space, picture=models.image_embedder.space)


def open_search(runtime: Runtime, spaces: Spaces) -> OpenSearchIndex:
    """The index of these spaces. A vector collection of Serverless is told by how requests are signed."""
    from shared.adapters.aws.search.connection import connect
    from shared.adapters.aws.search.index import OpenSearchIndex

    settings = runtime.settings
    return OpenSearchIndex(
        connect(_required(runtime, "search_endpoint"), settings.search_service),
        index_prefix=settings.search_index_prefix,
        text_space=spaces.text,
        picture_space=spaces.picture,
        shards=settings.search_shards,
        replicas=settings.search_replicas,
        exact_up_to=settings.search_exact_vectors,
        collection=settings.search_service == "aoss",
    )


def _query_embedder(runtime: Runtime, clients: AwsClients) -> QueryEmbedder:
    from shared.adapters.aws.query_embedding import LambdaQueryEmbedder

    function = _required(runtime, "query_embedding_function")
    return LambdaQueryEmbedder(function, clients.get("lambda"), runtime.search_spaces.known)


def _models(runtime: Runtime) -> ModelPack:
    from shared.models.catalogue import build_extractors

    settings = runtime.settings
    pack = _gpu_models(runtime) if settings.model_pack == "gpu" else _cpu_models(runtime)
    extractors = build_extractors(
        settings, pack.text_embedder, runtime.llm_key, weights_cache=_scratch() / "models"
    )
    return replace(pack, extractors=extractors)


def _cpu_models(runtime: Runtime) -> ModelPack:
    from shared.models.cpu_pack import cpu_models

    return cpu_models(runtime.settings, _scratch() / "models")


def _gpu_models(runtime: Runtime) -> ModelPack:
    from shared.models.gpu_pack import gpu_models

    return gpu_models(runtime.settings, _scratch() / "models")


def _uri_fetcher(runtime: Runtime) -> UriFetcher:
    from shared.adapters.http.uri_fetcher import HttpsFetcher

    return HttpsFetcher(runtime.settings)


def _scratch() -> Path:
    """In a Lambda ``/tmp``; in the worker's container the volume that its job definition names."""
    return Path(os.environ.get(SCRATCH_VARIABLE) or tempfile.gettempdir()) / "videovector-server"


def _required(runtime: Runtime, name: str) -> Any:
    value = getattr(runtime.settings, name)
    if not value:
        raise MissingSetting(name)
    return value
