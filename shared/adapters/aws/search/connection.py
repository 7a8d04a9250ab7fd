"""The OpenSearch client, with the request signature that the endpoint's service requires."""

from __future__ import annotations

from typing import Any, Final

from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

from shared.adapters.aws.clients import new_session

_SECONDS: Final = 30
_UNSIGNED: Final = "none"


def connect(endpoint: str, service: str) -> OpenSearch:
    """Create a client.

    ``service`` is ``es`` (a managed domain), ``aoss`` (Serverless) or ``none`` (requests are not signed).
    """
    signer: dict[str, Any] = {}
    if service != _UNSIGNED:
        session = new_session()
        region = session.get_config_variable("region")
        signer["http_auth"] = Urllib3AWSV4SignerAuth(session.get_credentials(), region, service)
    return OpenSearch(
        hosts=[endpoint],
        connection_class=Urllib3HttpConnection,
        timeout=_SECONDS,
        pool_maxsize=16,
        max_retries=2,
        **signer,
    )
