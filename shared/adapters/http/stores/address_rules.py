"""Rules for the names in a store's address. Account names become host names, and buckets become paths.

Sources: "General purpose bucket naming rules" (AWS), "About Cloud Storage buckets" and "Creating and managing
projects" (Google Cloud), "Naming rules and restrictions for Azure resources" (Azure).
"""

import re
from typing import Final

from shared.adapters.http.stores.operator_addresses import Origin, origin
from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.errors import InvalidRequest

_S3_BUCKET: Final = re.compile(r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION: Final = re.compile(r"(us-gov|[a-z]{2})-[a-z]{4,12}-\d{1,2}")
_ANY_REGION: Final = re.compile(r"[a-z0-9](-?[a-z0-9]){0,31}")
"""S3-compatible stores name their regions freely."""

_GCS_BUCKET: Final = re.compile(
    r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)(?=.{3,222}$)[a-z0-9][a-z0-9_-]{0,62}(\.[a-z0-9_-]{1,63})*(?<![_.-])"
)
_PROJECT: Final = re.compile(r"([a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_ACCOUNT: Final = re.compile(r"[a-z0-9]{3,24}")
_CONTAINER: Final = re.compile(r"(\$root|\$web|[a-z0-9](-?[a-z0-9]){2,62})")

_BUCKET_RULE: Final = "must have 3 to 63 lower-case letters, digits, hyphens and single dots"
_GCS_BUCKET_RULE: Final = "must have 3 to 222 lower-case letters, digits, dots, hyphens and underscores"
_REGION_RULE: Final = "must be a region such as eu-central-1"
_PROJECT_RULE: Final = "must be a project id such as my-project-123"
_ACCOUNT_RULE: Final = "must have 3 to 24 lower-case letters and digits"
_CONTAINER_RULE: Final = "must have 3 to 63 lower-case letters, digits and single hyphens"
_ENDPOINT_RULE: Final = (
    "must be an address that the operator of this server permits (setting s3_endpoints), without a path"
)


def check(address: StoreAddress, endpoints: list[Origin], *, only_amazon: bool = True) -> None:
    """Check every field of an address. ``endpoints`` are those of ``s3_endpoints``. ``only_amazon``: S3
    without an endpoint is Amazon's, whose names of regions are known.

    Raises: InvalidRequest: it names the field.
    """
    match address.provider:
        case ConnectorProvider.S3:
            _match("bucket", address.bucket, _S3_BUCKET, _BUCKET_RULE)
            is_amazon = address.endpoint_url is None and only_amazon
            _match("region", address.region, _REGION if is_amazon else _ANY_REGION, _REGION_RULE)
            if address.endpoint_url is not None and origin(address.endpoint_url) not in endpoints:
                raise InvalidRequest("endpoint_url", _ENDPOINT_RULE)
        case ConnectorProvider.GCS:
            _match("bucket", address.bucket, _GCS_BUCKET, _GCS_BUCKET_RULE)
            if address.gcp_project_id is not None:
                _match("gcp_project_id", address.gcp_project_id, _PROJECT, _PROJECT_RULE)
        case ConnectorProvider.AZURE:
            _match("storage_account", address.storage_account, _ACCOUNT, _ACCOUNT_RULE)
            _match("container", address.container, _CONTAINER, _CONTAINER_RULE)


def _match(field: str, value: str | None, pattern: re.Pattern[str], rule: str) -> None:
    if value is None:
        raise InvalidRequest(field, "is required for this provider")
    if not value.isascii() or not pattern.fullmatch(value):
        raise InvalidRequest(field, rule)
