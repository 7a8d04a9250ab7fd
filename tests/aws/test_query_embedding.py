"""Failures of the query-embedding function, and of its vectors."""

import os
import time
from typing import Any, Final
from unittest.mock import patch

import pytest

from shared.adapters.aws.clients import AwsClients
from shared.adapters.aws.query_embedding import MAX_PICTURE_CHARACTERS, LambdaQueryEmbedder
from shared.domain.errors import InvalidRequest, Unavailable
from shared.domain.evidence import EmbeddingSpace
from shared.services.search.spaces import Spaces
from tests.aws import query_embedding_function
from tests.aws.emulator import Emulator
from tests.aws.refusing_server import RefusingServer

pytestmark = pytest.mark.slow

SECRET: Final = "what nobody else should read"
OTHER: Final = EmbeddingSpace(model="another", version="1", dimension=384)
REQUEST_SECONDS: Final = 29


def _embedder(name: str, spaces: Spaces | None = None) -> LambdaQueryEmbedder:
    return LambdaQueryEmbedder(name, query_embedding_function.client(), lambda: spaces)


def test_failing_function_is_unavailable_without_query_text(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = _embedder(query_embedding_function.deployed(failing=True))
    with pytest.raises(Unavailable) as raised:
        embedder.words(SECRET, in_pictures=False)
    assert SECRET not in raised.value.message + caplog.text
    assert "embedding a query failed" in caplog.text


def _client_of(url: str) -> Any:
    environment = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "k", "AWS_ENDPOINT_URL": url}
    with patch.dict(os.environ, {**environment, "AWS_DEFAULT_REGION": "eu-central-1"}):
        return AwsClients().get("lambda")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "TooManyRequestsException"),
        (409, "SnapStartNotReadyException"),
        (408, "SnapStartTimeoutException"),
    ],
)
def test_throttled_function_is_retried_within_request_time(
    status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pauses are recorded instead of waited for, so that the most attempts possible are made."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with RefusingServer(status, {"__type": code}) as server:
        embedder = LambdaQueryEmbedder("embed", _client_of(server.url), lambda: None)
        with pytest.raises(Unavailable, match="overloaded"):
            embedder.words("a cat", in_pictures=False)
    assert 2 < server.requests <= 20
    assert sum(pauses) < REQUEST_SECONDS


def test_attempts_of_call_end_before_request_times_out() -> None:
    config = _client_of("http://127.0.0.1:9").meta.config
    assert config.retries["total_max_attempts"] * config.read_timeout + 3 < REQUEST_SECONDS


def test_oversized_picture_is_refused_without_call() -> None:
    with RefusingServer(500, {}) as server:
        embedder = LambdaQueryEmbedder("embed", _client_of(server.url), lambda: None)
        with pytest.raises(InvalidRequest, match="at most 4,500,000 bytes") as refused:
            embedder.picture("A" * (MAX_PICTURE_CHARACTERS + 1), field="image_data")
        assert (refused.value.field, server.requests) == ("image_data", 0)


def test_vector_of_unindexed_space_is_refused(emulator: Emulator) -> None:
    name = query_embedding_function.deployed()
    given = _embedder(name).words("a cat", in_pictures=False).text.space
    foreign_pictures = _embedder(name, Spaces(text=given, picture=OTHER))
    assert foreign_pictures.words("a cat", in_pictures=True).text.space == given
    with pytest.raises(Unavailable, match="pictures") as raised:
        foreign_pictures.picture(_PIXEL, field="image_data")
    assert raised.value.code == "search_space_unavailable"
    with pytest.raises(Unavailable, match=r"indexed in another@1/384"):
        _embedder(name, Spaces(text=OTHER, picture=OTHER)).words("a cat", in_pictures=False)


_PIXEL: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""
