"""The settings that functions and worker are given: see ``shared.settings``."""

from collections.abc import Collection
from typing import Final

from infra.configuration import Configuration, Worker
from infra.names import SEARCH_INDEX_PREFIX, Names
from infra.permissions import WORKFLOWS, Capability

PREFIX: Final = "VIDEOVECTOR_SERVER_"
METRICS_NAMESPACE: Final = "VideoArchive"

_OF_SEARCH: Final = {Capability.SEARCH, Capability.FORGET_DOCUMENTS, Capability.INDEX_DOCUMENTS}


def settings(names: Names, capabilities: Collection[Capability]) -> dict[str, str]:
    """Only what the capabilities allow to be used is named at all."""
    found = {
        "RECORDS_TABLE": names.table,
        "MEDIA_BUCKET": names.bucket,
        "ENCRYPTION_KEY_ARN": names.key_arn,
        "DATA_FOLDER": "/tmp/data",  # noqa: S108 - the one folder that a function may write to
    }
    if Capability.SIGN_CURSORS in capabilities:
        found["SECRETS_PREFIX"] = names.configuration.name
    if not _OF_SEARCH.isdisjoint(capabilities):
        found["SEARCH_ENDPOINT"] = names.search_endpoint
        found["SEARCH_SERVICE"] = names.search_service
        found["SEARCH_INDEX_PREFIX"] = SEARCH_INDEX_PREFIX
    for capability, workflow in WORKFLOWS.items():
        if capability in capabilities or Capability.RESUME_JOBS in capabilities:
            found[f"{workflow.upper()}_STATE_MACHINE"] = names.state_machine_arn(workflow)
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def models(configuration: Configuration) -> dict[str, str]:
    """Of the worker."""
    found = {"MODEL_PACK": str(configuration.worker)}
    if configuration.weights_location is not None:
        found["WEIGHTS_LOCATION"] = configuration.weights_location
    elif configuration.worker is Worker.GPU:
        found["MODEL_HUB"] = "true"
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def observability(service: str) -> dict[str, str]:
    """What Powertools reads."""
    return {"POWERTOOLS_SERVICE_NAME": service, "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE}
