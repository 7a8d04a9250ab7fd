"""A search engine that takes a connection and never says anything."""

import socket
from collections.abc import Iterator

import pytest

from infra.functions import API_TIMEOUT_SECONDS
from shared.adapters.aws.search import cluster as search_cluster
from shared.adapters.aws.search.connection import connect
from shared.domain.errors import Unavailable


@pytest.fixture
def silent() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_request_is_told_in_time_that_the_search_engine_does_not_answer(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before its function is ended, which the gateway would call an error of its own."""
    assert search_cluster.SEARCH_SECONDS < API_TIMEOUT_SECONDS - 2
    monkeypatch.setattr(search_cluster, "SEARCH_SECONDS", 0.1)
    cluster = search_cluster.Cluster(connect(silent, "none"))
    with pytest.raises(Unavailable, match="does not answer"):
        cluster.search("archive", {"size": 1})
    with pytest.raises(Unavailable, match="does not answer"):
        cluster.search_all("archive", [{"size": 1}])
