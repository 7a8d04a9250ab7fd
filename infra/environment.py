"""Environment variables of functions and containers; ``shared.settings`` reads them."""

from collections.abc import Collection
from typing import Final

from infra.configuration import Configuration, Worker
from infra.names import SEARCH_INDEX_PREFIX, Names
from infra.permissions import STARTED_WORKFLOWS, Capability
from infra.sizes import Sizing

PREFIX: Final = "VIDEOVECTOR_SERVER_"
METRICS_NAMESPACE: Final = "VideoVectorServer"

_LANGUAGE_MODEL_CAPABILITIES: Final = {Capability.NAME_LANGUAGE_MODEL, Capability.ASK_LANGUAGE_MODEL}

_REQUEST_LLM_TIMEOUT_SECONDS: Final = "12"
"""Timeout of one language model request made by an API function. A completion and its repair are each
requested once and fit into the time that API Gateway waits."""

_SIGNS: Final = {Capability.SIGN_CURSORS, Capability.SIGN_EXPORT_LINKS}

_SENDS_IMPORTS: Final = {Capability.START_INGEST, Capability.RESUME_JOBS}
_PLANS_IMPORTS: Final = {Capability.COUNT_IMPORTS, Capability.TAKE_IMPORTS}
_USES_WORKER_JOBS: Final = {*_SENDS_IMPORTS, *_PLANS_IMPORTS, Capability.SEND_WORK}

_SEARCH_CAPABILITIES: Final = {Capability.SEARCH, Capability.FORGET_DOCUMENTS, Capability.INDEX_DOCUMENTS}


def settings(names: Names, capabilities: Collection[Capability]) -> dict[str, str]:
    """Return the settings of a principal: only those of resources that its capabilities let it use."""
    found = {"DATA_FOLDER": "/tmp/data"}  # noqa: S108 - Lambda's only writable folder
    if capabilities:
        found["RECORDS_TABLE"] = names.table
        found["MEDIA_BUCKET"] = names.bucket
        found["ENCRYPTION_KEY_ARN"] = names.key_arn
    if Capability.EMBED_QUERIES in capabilities:
        found["QUERY_EMBEDDING_FUNCTION"] = names.query_embedding
    if not _SIGNS.isdisjoint(capabilities):
        found["SECRETS_PREFIX"] = names.secrets_prefix
    if not _SEARCH_CAPABILITIES.isdisjoint(capabilities):
        found["SEARCH_ENDPOINT"] = names.search_endpoint
        found["SEARCH_SERVICE"] = names.search_service
        found["SEARCH_INDEX_PREFIX"] = SEARCH_INDEX_PREFIX
        found |= _search_index(names.configuration.sizing)
    if Capability.PUBLISH_EVENTS in capabilities:
        found["EVENT_TOPIC"] = names.event_topic_arn
    if Capability.ANNOUNCE_WORK in capabilities:
        found["DUE_WORK_QUEUE"] = names.due_work_queue_url
    found |= _imports(names, capabilities)
    found |= _language_model(names.configuration, capabilities)
    found |= _operators_addresses(names.configuration, capabilities)
    for capability, workflow in STARTED_WORKFLOWS.items():
        if capability in capabilities or Capability.RESUME_JOBS in capabilities:
            found[f"{workflow.upper()}_STATE_MACHINE"] = names.state_machine_arn(workflow)
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def _imports(names: Names, capabilities: Collection[Capability]) -> dict[str, str]:
    """Return the queues of jobs for workers and of listings, and the number of workers for those who plan
    them."""
    found = {}
    if not _USES_WORKER_JOBS.isdisjoint(capabilities):
        found["IMPORT_BATCHES_QUEUE"] = names.import_batches_queue_url
    if not _SENDS_IMPORTS.isdisjoint(capabilities):
        found["IMPORT_LISTINGS_QUEUE"] = names.import_listings_queue_url
    if not _PLANS_IMPORTS.isdisjoint(capabilities):
        found["IMPORT_WORKERS"] = str(names.configuration.sizing.import_workers)
        found["INGEST_WORKERS"] = str(names.configuration.sizing.batches_per_worker)
    return found


def _search_index(sizing: Sizing) -> dict[str, str]:
    """Return the layout of the search index.

    Searchers and indexers have the same values, because either may be the first to create the index.
    """
    return {
        "SEARCH_SHARDS": str(sizing.search_shards),
        "SEARCH_REPLICAS": str(sizing.search_replicas),
        "SEARCH_EXACT_VECTORS": str(sizing.search_exact_vectors),
    }


def _language_model(configuration: Configuration, capabilities: Collection[Capability]) -> dict[str, str]:
    """Return the language model's settings. They name the secret that holds its key, never the key itself."""
    url, model = configuration.llm_base_url, configuration.llm_model
    if _LANGUAGE_MODEL_CAPABILITIES.isdisjoint(capabilities):
        return {}
    if configuration.served_model is not None:
        return {"VLLM_MODEL": configuration.served_model}
    if url is None or model is None:
        return {}
    found = {"LLM_BASE_URL": url, "LLM_MODEL": model}
    if Capability.ASK_LANGUAGE_MODEL in capabilities:
        found |= {"LLM_TIMEOUT_SECONDS": _REQUEST_LLM_TIMEOUT_SECONDS, "LLM_ATTEMPTS": "1"}
        if configuration.llm_api_key_secret is not None:
            found["LLM_API_KEY_SECRET"] = configuration.llm_api_key_secret
    return found


def _operators_addresses(
    configuration: Configuration, capabilities: Collection[Capability]
) -> dict[str, str]:
    """Return the operator's addresses for webhooks and for stores of users, and the watched buckets."""
    names = []
    if Capability.SEND_WEBHOOKS in capabilities:
        names += ["webhook_hosts"]
    if Capability.WATCH_BUCKETS in capabilities:
        names += ["watched_buckets"]
    if Capability.OPEN_STORES in capabilities:
        names += ["s3_endpoints", "s3_base_url", "gcs_base_url", "azure_endpoint"]
        names += ["azure_authority_host", "store_authorities_file"]
    chosen = {name.upper(): getattr(configuration, name) for name in names}
    return {name: value for name, value in chosen.items() if value is not None}


def model_settings(configuration: Configuration) -> dict[str, str]:
    """Return the worker's settings of its models."""
    found = {"MODEL_PACK": str(configuration.worker)}
    if configuration.served_model is not None:
        found |= {
            "VLLM_GPU_MEMORY": f"{configuration.vllm_gpu_memory:g}",
            "VLLM_CONTEXT_TOKENS": str(configuration.vllm_context_tokens),
        }
    if configuration.llm_base_url is not None or configuration.served_model is not None:
        found |= {
            "LLM_TIMEOUT_SECONDS": f"{configuration.llm_timeout_seconds:g}",
            "LLM_ATTEMPTS": "4",
            "LLM_PARALLEL_REQUESTS": str(configuration.llm_parallel_requests),
            "LLM_PICTURES_PER_SEGMENT": str(configuration.llm_pictures_per_segment),
        }
    if configuration.weights_location is not None:
        found["WEIGHTS_LOCATION"] = configuration.weights_location
    elif configuration.worker is Worker.GPU:
        found["MODEL_HUB"] = "true"
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def region_variables(configuration: Configuration) -> dict[str, str]:
    """Return the region's variables for a container.

    Lambda sets them for functions; ECS does not set them on EC2 instances. boto3 and botocore read only
    ``AWS_DEFAULT_REGION``.
    """
    return {"AWS_REGION": configuration.region, "AWS_DEFAULT_REGION": configuration.region}


def powertools_variables(service: str) -> dict[str, str]:
    """Return the variables that Powertools for AWS Lambda reads."""
    return {"POWERTOOLS_SERVICE_NAME": service, "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE}
