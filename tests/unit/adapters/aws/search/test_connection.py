"""Timeout of a search engine that accepts a connection and never answers."""

import socket
from collections.abc import Iterator

import pytest

from infra.function_limits import API_TIMEOUT_SECONDS
from shared.adapters.aws.search import cluster
from shared.adapters.aws.search.connection import connect
from shared.domain.errors import Unavailable


@pytest.fixture
def silent_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_search_times_out_before_function_does(silent_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the function timed out first, the gateway would answer with its own error."""
    assert cluster.SEARCH_SECONDS < API_TIMEOUT_SECONDS - 2
    monkeypatch.setattr(cluster, "SEARCH_SECONDS", 0.1)
    client = cluster.Cluster(connect(silent_server, "none"))
    with pytest.raises(Unavailable, match="does not answer"):
        client.search("archive", {"size": 1})
    with pytest.raises(Unavailable, match="does not answer"):
        client.search_all("archive", [{"size": 1}])
