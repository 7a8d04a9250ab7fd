import time

import pytest
from videovector import NotFoundError, ValidationError

from tests.clients.conftest import Archive
from tests.clients.either_client import EitherClient, refused_field
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow


def test_index_is_created_retrieved_and_listed(client: EitherClient) -> None:
    made = client.indexes.create(name=f"Made by the {client.mode} client")
    assert client.indexes.retrieve(made.index_id) == made
    assert made.index_id in {index.index_id for index in client.indexes.list(include_defaults=False)}


def test_repeated_idempotency_key_creates_one_index(client: EitherClient) -> None:
    key = f"once-{client.mode}"
    first = client.indexes.create(name="Once", idempotency_key=key)
    again = client.indexes.create(name="Once", idempotency_key=key)
    assert again.index_id == first.index_id


def test_blank_name_is_refused_by_field(client: EitherClient) -> None:
    with pytest.raises(ValidationError) as refused:
        client.indexes.create(name="")
    assert refused_field(refused) == "name"


def test_unknown_index_is_not_found(client: EitherClient) -> None:
    with pytest.raises(NotFoundError) as refused:
        client.indexes.retrieve("idx_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert refused.value.error_code == "resource_index_not_found"


def test_index_lists_its_media(client: EitherClient, archive: Archive) -> None:
    page = client.indexes.list_videos(archive.index_id, limit=1)
    assert [video.video_id for video in client.walk(page)] == [archive.video_id]


def test_index_lists_its_runs_newest_first(client: EitherClient, archive: Archive) -> None:
    page = client.indexes.list_prompt_runs(archive.index_id, limit=1)
    assert page.has_more
    runs = [run.run_id for run in client.walk(page)]
    assert runs.index(archive.fixed_run_id) < runs.index(archive.run_id)


def test_deleted_index_is_gone_and_its_deletion_remains(client: EitherClient) -> None:
    index_id = client.indexes.create(name="Short-lived").index_id
    begun = client.indexes.delete(index_id)
    deadline = time.monotonic() + HANG_TIMEOUT
    state = client.indexes.get_deletion(index_id)
    while state.status != "deleted" and time.monotonic() < deadline:
        assert state.retry_after_seconds is not None
        time.sleep(0.1)
        state = client.indexes.get_deletion(index_id)
    assert (state.status, state.retry_after_seconds, state.deletion_id) == (
        "deleted",
        None,
        begun.deletion_id,
    )
    with pytest.raises(NotFoundError):
        client.indexes.retrieve(index_id)
