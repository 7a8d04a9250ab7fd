"""What obstore gets for a store: its options by name, and the hosts that it may connect to."""

import json
from dataclasses import dataclass, replace
from typing import Final, assert_never
from urllib.parse import urlsplit

from shared.adapters.http.stores.credential_rules import GOOGLE_TOKEN_URI
from shared.adapters.http.stores.operator_addresses import Origin, listed_origins, origin
from shared.adapters.http.stores.store_process.messages import PermittedHost, StoreSpecification
from shared.domain.connectors.connector import StoreAddress
from shared.domain.connectors.credentials import AzureClientSecret, GcsServiceAccount, S3Keys
from shared.settings import Settings

_GOOGLE: Final = "https://storage.googleapis.com"
_MICROSOFT: Final = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class S3Session:
    """Temporary credentials of an assumed role."""

    access_key_id: str
    secret_access_key: str
    session_token: str


@dataclass(frozen=True, slots=True)
class OperatorAddresses:
    """The operator's addresses of stores. ``authorities`` are certificates in PEM."""

    s3: list[Origin]
    s3_default: Origin | None
    gcs: Origin | None
    azure: Origin | None
    azure_authority: Origin | None
    authorities: str | None

    @staticmethod
    def of(settings: Settings) -> "OperatorAddresses":
        """Read the settings. Raises: ValueError: an address is invalid. OSError: a file cannot be read."""
        file = settings.store_authorities_file
        return OperatorAddresses(
            listed_origins(settings.s3_endpoints),
            _single("s3_base_url", settings.s3_base_url),
            _single("gcs_base_url", settings.gcs_base_url),
            _single("azure_endpoint", settings.azure_endpoint),
            _single("azure_authority_host", settings.azure_authority_host),
            file.read_text() if file is not None else None,
        )


def specification_of_s3(
    address: StoreAddress, credentials: S3Keys | S3Session, operator: OperatorAddresses
) -> StoreSpecification:
    """Describe a bucket of S3, or of the endpoint that the address or the operator names."""
    region, bucket = address.region or "", address.bucket or ""
    if address.endpoint_url is not None:
        place = origin(address.endpoint_url)
        assert place is not None  # noqa: S101 - the address was checked
        permitted = place.permitted()
    else:
        suffix = ".cn" if region.startswith("cn-") else ""
        place, permitted = _operated(operator.s3_default, f"https://s3.{region}.amazonaws.com{suffix}")
    config = {"region": region, "endpoint": place.text, "access_key_id": credentials.access_key_id}
    match credentials:
        case S3Keys():
            config["secret_access_key"] = credentials.secret_access_key.get_secret_value()
        case S3Session():
            config["secret_access_key"] = credentials.secret_access_key
            config["session_token"] = credentials.session_token
        case _:
            assert_never(credentials)
    return _specification(address, bucket, config, [(place, permitted)], operator)


def specification_of_gcs(
    address: StoreAddress, key: GcsServiceAccount, operator: OperatorAddresses
) -> StoreSpecification:
    """Describe a bucket of Google Cloud Storage. Only the required fields of the key file are used."""
    place, permitted = _operated(operator.gcs, _GOOGLE)
    service_account = {
        "type": "service_account",
        "project_id": key.project_id,
        "private_key_id": key.private_key_id,
        "private_key": key.private_key.get_secret_value(),
        "client_email": key.client_email,
        "token_uri": GOOGLE_TOKEN_URI,
    }
    config = {"base_url": place.text, "service_account_key": json.dumps(service_account)}
    return _specification(address, address.bucket or "", config, [(place, permitted)], operator)


def specification_of_azure(
    address: StoreAddress, secret: AzureClientSecret, operator: OperatorAddresses
) -> StoreSpecification:
    """Describe a container of Azure.

    At an endpoint of the operator's, the account is the first part of the path.
    """
    account = address.storage_account or ""
    place, permitted = _operated(operator.azure, f"https://{account}.blob.core.windows.net")
    authority, permitted_authority = _operated(operator.azure_authority, _MICROSOFT)
    config = {
        "account_name": account,
        "endpoint": f"{place.text}/{account}" if operator.azure else place.text,
        "authority_host": authority.text,
        "tenant_id": secret.tenant_id,
        "client_id": secret.client_id,
        "client_secret": secret.client_secret.get_secret_value(),
    }
    hosts = [(place, permitted), (authority, permitted_authority)]
    return _specification(address, address.container or "", config, hosts, operator)


def _specification(
    address: StoreAddress,
    bucket: str,
    config: dict[str, str],
    hosts: list[tuple[Origin, PermittedHost]],
    operator: OperatorAddresses,
) -> StoreSpecification:
    return StoreSpecification(
        provider=address.provider.value,
        bucket=bucket,
        config=config,
        permitted=[permitted for _, permitted in hosts],
        allow_http=any(place.scheme == "http" for place, _ in hosts),
        authorities=operator.authorities,
    )


def _operated(place: Origin | None, default: str) -> tuple[Origin, PermittedHost]:
    return (place, place.permitted()) if place is not None else _public(default)


def _public(address: str) -> tuple[Origin, PermittedHost]:
    parts = urlsplit(address)
    place = Origin(parts.scheme, parts.hostname or "", 443)
    return place, replace(place.permitted(), must_be_public=True)


def _single(name: str, address: str | None) -> Origin | None:
    if address is None:
        return None
    parsed = origin(address)
    if parsed is None:
        raise ValueError(f"{name} must be scheme, host and port, such as https://blob.example.org")
    return parsed
