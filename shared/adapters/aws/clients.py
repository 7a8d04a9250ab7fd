"""Clients of AWS services, each created once, at first use.

Region, credentials and ``AWS_ENDPOINT_URL`` come from the environment, as for every AWS tool; only
``AWS_REGION`` needs code here, because botocore does not read it. The clients come from a botocore
session: importing boto3 adds 100 ms to a cold start and nothing that is used here.
"""

import os
import threading
from typing import Any, Final

import botocore.session  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]

_DEFAULT_CONFIG: Final = Config(
    connect_timeout=2,
    read_timeout=20,
    # Standard mode uses exponential backoff with jitter, and stops retrying a service that fails every
    # call.
    retries={"mode": "standard", "total_max_attempts": 4},
    tcp_keepalive=True,
    max_pool_connections=32,
)

_SERVICE_CONFIGS: Final = {
    # A response takes milliseconds. After seconds it is lost, and a retry is faster than waiting.
    "dynamodb": Config(connect_timeout=1, read_timeout=4),
    # An API request waits for the call: two attempts must fit into its 29 seconds.
    "lambda": Config(read_timeout=12, retries={"mode": "standard", "total_max_attempts": 2}),
    "s3": Config(
        read_timeout=60,
        signature_version="s3v4",
        # Links use the regional endpoint: the global one redirects for hours after a bucket is created.
        s3={"addressing_style": "virtual"},
    ),
}


class AwsClients:
    """The clients of one process. Clients may be shared between threads."""

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        """``profile`` and ``region`` take precedence over the environment, for a process that uses two
        accounts. With a profile, credentials in the environment have no effect.
        """
        self._profile = profile
        self._region = region
        self._session: Any = None
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str) -> Any:
        """Return the client of ``service``, such as ``dynamodb``."""
        client = self._clients.get(service)
        if client is None:
            with self._lock:  # a session, unlike a client, is not thread-safe
                client = self._clients.get(service) or self._create(service)
                self._clients[service] = client
        return client

    def close(self) -> None:
        """Close idle connections. A client that is used again opens new ones."""
        for client in self._clients.values():
            client.close()

    def _create(self, service: str) -> Any:
        if self._session is None:
            self._session = new_session(self._profile, self._region)
        config = (
            _DEFAULT_CONFIG.merge(_SERVICE_CONFIGS[service])
            if service in _SERVICE_CONFIGS
            else _DEFAULT_CONFIG
        )
        return self._session.create_client(service, config=config)


def new_session(profile: str | None = None, region: str | None = None) -> Any:
    """Create a botocore session. ``AWS_REGION`` has precedence over ``AWS_DEFAULT_REGION``, and the arguments
    have precedence over both and over ``AWS_PROFILE``.

    Source: "AWS Region" in the AWS SDKs and Tools Reference Guide. ECS sets both variables in a container
    on Fargate, and neither in a container on EC2.
    """
    session = botocore.session.get_session()
    if chosen := region or os.environ.get("AWS_REGION"):
        session.set_config_variable("region", chosen)
    if profile is not None:
        session.set_config_variable("profile", profile)
    return session
