"""Requests that create connectors to the stores of the tests."""

import json
from typing import Any

from shared.domain.connectors.credentials import AzureClientSecret, Credentials, GcsServiceAccount, S3Keys
from tests.stores.providers import Provider


def sent(credentials: Credentials) -> dict[str, Any]:
    """Return credentials as the fields of a request that changes a connector."""
    match credentials:
        case S3Keys():
            secret = credentials.secret_access_key.get_secret_value()
            return {"aws_access_key_id": credentials.access_key_id, "aws_secret_access_key": secret}
        case GcsServiceAccount():
            file = credentials.model_dump(exclude={"kind"}) | {"type": "service_account"}
            return {"credentials": file | {"private_key": credentials.private_key.get_secret_value()}}
        case AzureClientSecret():
            fields = credentials.model_dump(exclude={"kind"})
            return fields | {"client_secret": credentials.client_secret.get_secret_value()}
    raise AssertionError(credentials)


def creation(
    provider: Provider, credentials: Credentials | None = None, *, bucket: str | None = None, **fields: Any
) -> tuple[str, dict[str, Any]]:
    """Return the path and the content of a request that creates a connector to a provider's bucket.

    The content is the keyword arguments of httpx and of the test client.
    """
    address = provider.address
    place = {"container" if address.container else "bucket": bucket or address.container_name}
    body = {"name": "Films"} | place | fields
    given = sent(credentials or provider.credentials)
    path = f"/connectors/{address.provider}"
    if "credentials" in given:
        file = json.dumps(given["credentials"]).encode()
        return path, {
            "data": body | {"gcp_project_id": address.gcp_project_id},
            "files": {"credentials_file": ("key.json", file, "application/json")},
        }
    more = address.model_dump(include={"region", "endpoint_url", "storage_account"}, exclude_none=True)
    return path, {"json": body | more | given}
