"""The settings that functions and worker are given: see ``shared.settings``."""

from collections.abc import Collection
from typing import Final

from infra.configuration import Configuration, Worker
from infra.names import SEARCH_INDEX_PREFIX, Names
from infra.permissions import WORKFLOWS, Capability
from infra.sizes import Sizing

PREFIX: Final = "VIDEOVECTOR_SERVER_"
METRICS_NAMESPACE: Final = "VideoVectorServer"

_OF_LANGUAGE_MODEL: Final = {Capability.NAME_LANGUAGE_MODEL, Capability.ASK_LANGUAGE_MODEL}

_SECONDS_OF_A_REQUEST: Final = "12"
"""An answer and its repair, each asked for once, within what API Gateway waits."""

_OF_SEARCH: Final = {Capability.SEARCH, Capability.FORGET_DOCUMENTS, Capability.INDEX_DOCUMENTS}


def settings(names: Names, capabilities: Collection[Capability]) -> dict[str, str]:
    """Only what the capabilities allow to be used is named at all."""
    found = {"DATA_FOLDER": "/tmp/data"}  # noqa: S108 - the one folder that a function may write to
    if capabilities:
        found["RECORDS_TABLE"] = names.table
        found["MEDIA_BUCKET"] = names.bucket
        found["ENCRYPTION_KEY_ARN"] = names.key_arn
    if Capability.EMBED_QUERIES in capabilities:
        found["QUERY_EMBEDDING_FUNCTION"] = names.query_embedding
    if Capability.SIGN_CURSORS in capabilities:
        found["SECRETS_PREFIX"] = names.secrets_prefix
    if not _OF_SEARCH.isdisjoint(capabilities):
        found["SEARCH_ENDPOINT"] = names.search_endpoint
        found["SEARCH_SERVICE"] = names.search_service
        found["SEARCH_INDEX_PREFIX"] = SEARCH_INDEX_PREFIX
        found |= _search_index(names.configuration.sizing)
    found |= _language_model(names.configuration, capabilities)
    for capability, workflow in WORKFLOWS.items():
        if capability in capabilities or Capability.RESUME_JOBS in capabilities:
            found[f"{workflow.upper()}_STATE_MACHINE"] = names.state_machine_arn(workflow)
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def _search_index(sizing: Sizing) -> dict[str, str]:
    """Who searches and who indexes agree, as either may be the first to make the index."""
    return {
        "SEARCH_SHARDS": str(sizing.search_shards),
        "SEARCH_REPLICAS": str(sizing.search_replicas),
        "SEARCH_EXACT_VECTORS": str(sizing.search_exact_vectors),
    }


def _language_model(configuration: Configuration, capabilities: Collection[Capability]) -> dict[str, str]:
    """Its key is no setting: only where Secrets Manager keeps it is named."""
    url, model = configuration.llm_base_url, configuration.llm_model
    if _OF_LANGUAGE_MODEL.isdisjoint(capabilities):
        return {}
    if configuration.served_model is not None:
        return {"VLLM_MODEL": configuration.served_model}
    if url is None or model is None:
        return {}
    found = {"LLM_BASE_URL": url, "LLM_MODEL": model}
    if Capability.ASK_LANGUAGE_MODEL in capabilities:
        found |= {"LLM_TIMEOUT_SECONDS": _SECONDS_OF_A_REQUEST, "LLM_ATTEMPTS": "1"}
        if configuration.llm_api_key_secret is not None:
            found["LLM_API_KEY_SECRET"] = configuration.llm_api_key_secret
    return found


def models(configuration: Configuration) -> dict[str, str]:
    """Of the worker."""
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


def region(configuration: Configuration) -> dict[str, str]:
    """Of a container: Lambda tells it to functions by itself, ECS on machines of one's own to nobody. boto3
    and botocore know only the second name."""
    return {"AWS_REGION": configuration.region, "AWS_DEFAULT_REGION": configuration.region}


def observability(service: str) -> dict[str, str]:
    """What Powertools reads."""
    return {"POWERTOOLS_SERVICE_NAME": service, "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE}
