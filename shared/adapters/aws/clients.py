"""Clients of AWS services, each made once, at first use.

Region, credentials and ``AWS_ENDPOINT_URL`` are read from the environment, as every AWS tool reads
them; botocore alone does not know ``AWS_REGION``. Its session makes the clients: importing boto3 over it
costs a cold start 100 ms more and adds nothing that is used here.
"""

import os
import threading
from typing import Any, Final

import botocore.session  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]

_COMMON: Final = Config(
    connect_timeout=2,
    read_timeout=20,
    # Standard mode waits longer from one attempt to the next, by chance, and gives up on a service
    # that fails every call.
    retries={"mode": "standard", "total_max_attempts": 4},
    tcp_keepalive=True,
    max_pool_connections=32,
)

_OF_SERVICE: Final = {
    # Its answers take milliseconds: one that takes seconds is lost, and better asked for again.
    "dynamodb": Config(connect_timeout=1, read_timeout=4),
    # Called while a request of the API waits: two attempts have to fit into its 29 seconds.
    "lambda": Config(read_timeout=12, retries={"mode": "standard", "total_max_attempts": 2}),
    "s3": Config(
        read_timeout=60,
        signature_version="s3v4",
        # Links name the region's own host: the global one redirects for hours after a bucket is new.
        s3={"addressing_style": "virtual"},
    ),
}


class AwsClients:
    """One object a process; its clients are safe to share between threads."""

    def __init__(self) -> None:
        self._session: Any = None
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str) -> Any:
        """The client of ``service``, such as ``dynamodb``."""
        client = self._clients.get(service)
        if client is None:
            with self._lock:  # a session, unlike a client, is no thing to share
                client = self._clients.get(service) or self._make(service)
                self._clients[service] = client
        return client

    def close(self) -> None:
        """Close idle connections. A client that is used again opens new ones."""
        for client in self._clients.values():
            client.close()

    def _make(self, service: str) -> Any:
        if self._session is None:
            self._session = new_session()
        config = _COMMON.merge(_OF_SERVICE[service]) if service in _OF_SERVICE else _COMMON
        return self._session.create_client(service, config=config)


def new_session() -> Any:
    """botocore's, in the region of ``AWS_REGION``, which comes before ``AWS_DEFAULT_REGION`` ("AWS Region" in
    the AWS SDKs and Tools Reference Guide). A container on a machine of its own is told neither by ECS, one
    without servers both."""
    session = botocore.session.get_session()
    if region := os.environ.get("AWS_REGION"):
        session.set_config_variable("region", region)
    return session
