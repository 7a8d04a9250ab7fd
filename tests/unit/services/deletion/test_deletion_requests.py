"""Requests for deletions: one transaction hides the target, and a repetition returns the same deletion."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.ids import MEDIA, new_id
from shared.domain.job import JobRequest
from shared.domain.media import DeletingIndexes, DeletionStatus, Index, Media, MediaType
from shared.ports.records import Delete, Write
from shared.services.deletion.deletions import Deletions
from tests.unit.services.run_world import keep_media
from tests.unit.services.storage import ANNA, Storage, never


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def deletions(storage: Storage) -> Deletions:
    return Deletions(storage.documents, storage.jobs)


@pytest.fixture
def media(storage: Storage) -> Media:
    return add_media(storage, storage.new_index())


def add_media(storage: Storage, index_id: str | None) -> Media:
    media = Media(
        media_id=new_id(MEDIA),
        tenant_id="anna",
        user_id=ANNA.user_id,
        index_id=index_id,
        title="t",
        file_name="t.mp4",
        media_type=MediaType.VIDEO,
        content_hash="ab",
        playback_key="media/anna/x/t.mp4",
        playback_type="video/mp4",
        created_at="2030-01-01T00:00:00Z",
        updated_at="2030-01-01T00:00:00Z",
    )
    keep_media(storage.documents, media)
    return media


def test_deletion_its_job_and_hidden_target_are_written_together(
    storage: Storage, deletions: Deletions, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = storage.records.write
    transactions: list[int] = []

    def counted(*writes: Write) -> None:
        transactions.append(len(writes))
        write(*writes)

    monkeypatch.setattr(storage.records, "write", counted)
    deletion = deletions.delete_media(ANNA, media.media_id)
    assert transactions == [5], "the medium, its list entry, the deletion, the job and the event"
    hidden = storage.documents.get(Media, keys.media("anna", media.media_id))
    assert hidden is not None
    assert hidden.deleting
    [request] = storage.jobs.requests
    assert storage.documents.get(JobRequest, keys.job(deletion.deletion_id)) == request
    assert request.arguments == {"tenant_id": "anna", "target_id": media.media_id}


def test_index_is_hidden_with_entry_in_list(storage: Storage, deletions: Deletions) -> None:
    first, second = sorted([storage.new_index(), storage.new_index()])
    for index_id in (second, first, second):
        deletions.delete_index(ANNA, index_id)
    listed = storage.documents.get(DeletingIndexes, keys.deleting_indexes("anna"))
    assert listed == DeletingIndexes(index_ids=[first, second])
    index = storage.documents.get(Index, keys.index("anna", first))
    assert index is not None
    assert index.deleting


def test_repeated_request_restores_and_submits_lost_job(
    storage: Storage, deletions: Deletions, media: Media
) -> None:
    first = deletions.delete_media(ANNA, media.media_id)
    storage.jobs.requests.clear()
    storage.documents.write(Delete(keys.job(first.deletion_id)))
    assert deletions.delete_media(ANNA, media.media_id) == first
    assert [request.job_id for request in storage.jobs.requests] == [first.deletion_id]
    assert storage.records.get(keys.job(first.deletion_id)) is not None


def test_completed_deletion_is_not_submitted_again(
    storage: Storage, deletions: Deletions, media: Media
) -> None:
    first = deletions.delete_media(ANNA, media.media_id)
    storage.deletion_work.run(storage.jobs.requests[-1], never)
    storage.jobs.requests.clear()
    again = deletions.delete_media(ANNA, media.media_id)
    assert (again.deletion_id, again.status) == (first.deletion_id, DeletionStatus.DELETED)
    assert storage.jobs.requests == []


def test_medium_of_index_under_deletion_is_not_found(
    storage: Storage, deletions: Deletions, media: Media
) -> None:
    assert media.index_id is not None
    deletions.delete_index(ANNA, media.index_id)
    with pytest.raises(NotFound):
        deletions.delete_media(ANNA, media.media_id)


def test_two_concurrent_requests_start_one_deletion(
    storage: Storage, deletions: Deletions, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = storage.records.write
    rival: list[str] = []

    def write_late(*writes: Write) -> None:
        monkeypatch.setattr(storage.records, "write", write)
        rival.append(deletions.delete_media(ANNA, media.media_id).deletion_id)
        write(*writes)

    monkeypatch.setattr(storage.records, "write", write_late)
    assert [deletions.delete_media(ANNA, media.media_id).deletion_id] == rival
    assert [request.job_id for request in storage.jobs.requests] == rival


def test_kinds_of_deletions_are_apart(deletions: Deletions, media: Media) -> None:
    deletions.delete_media(ANNA, media.media_id)
    assert deletions.media_deletion(ANNA, media.media_id).target_id == media.media_id
    for read in (deletions.index_deletion, deletions.delete_index):
        with pytest.raises(NotFound):
            read(ANNA, media.media_id)
