"""Deletions of media and indexes: hidden at once, resumable, complete."""

from contextlib import suppress
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.due import Due, DueKind
from shared.domain.errors import NotFound
from shared.domain.events.event import Event
from shared.domain.ids import MEDIA, WEBHOOK, new_id
from shared.domain.media import DeletingIndexes, DeletionStatus, Media
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus, delivery_id
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, Put, Write
from shared.services.library.media_records import MediaRecords, address_of
from shared.services.records.documents import put
from shared.services.records.due_work import due_write
from shared.services.records.pages import Page
from shared.services.runs.media_states import media_of_run
from tests.unit.media.samples import make_video
from tests.unit.services.run_records import add_run
from tests.unit.services.run_world import keep_media
from tests.unit.services.storage import ANNA, BERT, StopAfter, Storage, never

pytestmark = pytest.mark.slow


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "storage")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=1.0)


@pytest.fixture
def index_id(storage: Storage) -> str:
    return storage.new_index()


@pytest.fixture
def media(storage: Storage, film: Path, index_id: str) -> Media:
    (made,) = storage.import_now(film, index_id)
    return made


def _work(storage: Storage) -> None:
    storage.deletion_work.run(storage.jobs.requests[-1], never)


def _traces(storage: Storage, media_id: str) -> list[str]:
    """Find the keys of records that name the medium, other than its deletion, its job and its events."""
    history = ("#deletions",)
    found = []
    for record in storage.every_record():
        partition, sort = record.key
        known = media_id in partition or media_id in sort or media_id in str(record.body)
        of_deletion = record.body.get("event_type") in ("deletion.started", "deletion.completed")
        if (
            known
            and not any(kept in partition for kept in history)
            and not of_deletion
            and partition != "jobs"
        ):
            found.append(f"{partition} / {sort}")
    return found


def test_medium_is_hidden_when_deletion_is_requested(storage: Storage, media: Media, index_id: str) -> None:
    deletion = storage.deletions.delete_media(ANNA, media.media_id)
    assert deletion.status is DeletionStatus.DRAINING
    with pytest.raises(NotFound):
        storage.library.get(ANNA, media.media_id)
    assert storage.library.page(ANNA, index_id, limit=9, after=None).items == []


def plant_delivery(storage: Storage, media: Media) -> None:
    """Write the failed delivery of an event about the medium, to a webhook whose receiver repeats its id."""
    webhook_id, moment = new_id(WEBHOOK), "2030-01-01T00:00:00.000Z"
    [event] = [e for e in storage.documents.every(Event, keys.event("anna")) if e.video_id == media.media_id]
    delivery = Delivery(
        delivery_id=delivery_id(webhook_id, event.event_id),
        webhook_id=webhook_id,
        tenant_id="anna",
        event_id=event.event_id,
        event_type=event.event_type,
        status=DeliveryStatus.RETRYING,
        due_at=moment,
        response_body=f"unknown medium {media.media_id}",
        created_at=event.created_at,
    )
    due = Due(kind=DueKind.WEBHOOK_DELIVERY, tenant_id="anna", subject=delivery.delivery_id, due_at=moment)
    storage.documents.write(
        Put(keys.webhook("anna", webhook_id), {}),
        put(keys.webhook_delivery("anna", webhook_id, delivery.delivery_id), delivery),
        due_write(due),
    )


def test_deleted_medium_leaves_no_data(storage: Storage, media: Media) -> None:
    add_run(storage, media)
    plant_delivery(storage, media)
    add_run(storage, media, recipe="smart")
    assert storage.search_index.counts("anna").documents == 4
    storage.deletions.delete_media(ANNA, media.media_id)
    _work(storage)
    assert storage.deletions.media_deletion(ANNA, media.media_id).status is DeletionStatus.DELETED
    assert storage.blob_keys() == set()
    assert storage.search_index.counts("anna").documents == 0
    assert _traces(storage, media.media_id) == []
    assert not [record for record in storage.every_record() if record.key.partition.startswith("due#")]
    job_id = media.import_job_id or ""
    view = storage.views.view(ANNA, job_id)
    assert (view.outputs.items, view.job.title, view.job.progress.parts_completed) == ([], "", 1)
    assert storage.views.outputs(ANNA, job_id, limit=9, after=None)[1] == 0
    assert storage.views.files(ANNA, job_id, failed_only=False, limit=9, after=None) == (Page([], None), 0)


def test_repeated_request_returns_completed_deletion(storage: Storage, media: Media) -> None:
    first = storage.deletions.delete_media(ANNA, media.media_id)
    assert storage.deletions.delete_media(ANNA, media.media_id).deletion_id == first.deletion_id
    _work(storage)
    storage.documents.write(Delete(keys.job(first.deletion_id)))
    again = storage.deletions.delete_media(ANNA, media.media_id)
    assert (again.deletion_id, again.status) == (first.deletion_id, DeletionStatus.DELETED)
    assert storage.records.get(keys.job(first.deletion_id)) is None
    assert again.completed_at


def test_request_resumes_deletion_that_was_given_up(storage: Storage, media: Media) -> None:
    deletion = storage.deletions.delete_media(ANNA, media.media_id)
    storage.documents.write(Delete(keys.job(deletion.deletion_id)))
    storage.deletions.delete_media(ANNA, media.media_id)
    assert storage.records.get(keys.job(deletion.deletion_id)) is not None


def test_unknown_or_foreign_target_is_not_found(storage: Storage, media: Media, index_id: str) -> None:
    with pytest.raises(NotFound):
        storage.deletions.delete_media(ANNA, "vid_unknown")
    with pytest.raises(NotFound):
        storage.deletions.delete_media(BERT, media.media_id)
    with pytest.raises(NotFound):
        storage.deletions.delete_index(BERT, index_id)
    with pytest.raises(NotFound):
        storage.deletions.media_deletion(ANNA, media.media_id)
    storage.deletions.delete_media(ANNA, media.media_id)
    with pytest.raises(NotFound):
        storage.deletions.media_deletion(BERT, media.media_id)
    with pytest.raises(NotFound):
        storage.deletions.index_deletion(ANNA, media.media_id)


def test_index_is_deleted_with_its_media_only(
    storage: Storage, media: Media, index_id: str, film: Path
) -> None:
    (second,) = storage.import_now(film, index_id)
    (elsewhere,) = storage.import_now(film)
    for one in (media, second, elsewhere):
        add_run(storage, one)
    storage.deletions.delete_index(ANNA, index_id)
    with pytest.raises(NotFound):
        storage.library.get(ANNA, media.media_id)
    with pytest.raises(NotFound):
        storage.library.page(ANNA, index_id, limit=9, after=None)
    _work(storage)
    assert storage.deletions.index_deletion(ANNA, index_id).status is DeletionStatus.DELETED
    assert _traces(storage, media.media_id) == []
    assert _traces(storage, second.media_id) == []
    assert storage.records.get(keys.index("anna", index_id)) is None
    assert storage.documents.sort_keys(keys.index_run("anna", index_id), limit=1).items == []
    assert storage.library.get(ANNA, elsewhere.media_id) == elsewhere
    left = storage.documents.every(Event, keys.event("anna"))
    assert [e.event_type.value for e in left if e.index_id == index_id] == [
        "deletion.started",
        "deletion.completed",
    ]
    assert "media.created" in {e.event_type for e in left if e.video_id == elsewhere.media_id}
    assert storage.search_index.counts("anna").documents == 2
    assert not [key for key in storage.blob_keys() if media.media_id in key or second.media_id in key]


def test_content_results_stay_for_medium_with_same_content(
    storage: Storage, media: Media, film: Path
) -> None:
    (twin,) = storage.import_now(film)
    assert twin.content_hash == media.content_hash
    add_run(storage, media)
    derived = set(storage.blobs.keys("content/"))
    assert derived
    storage.deletions.delete_media(ANNA, media.media_id)
    _work(storage)
    assert set(storage.blobs.keys("content/")) == derived
    storage.deletions.delete_media(ANNA, twin.media_id)
    _work(storage)
    assert storage.blob_keys() == set()


def test_deletion_waits_for_running_medium(storage: Storage, media: Media) -> None:
    run_id = add_run(storage, media, status=RunStatus.PROCESSING)
    storage.deletions.delete_media(ANNA, media.media_id)
    with pytest.raises(Interrupted):
        storage.deletion_work.run(storage.jobs.requests[-1], StopAfter(3))
    deletion = storage.deletions.media_deletion(ANNA, media.media_id)
    assert deletion.status is DeletionStatus.DRAINING
    assert storage.search_index.counts("anna").documents == 2
    cancelled = {"status": RunStatus.CANCELLED}
    records = MediaRecords(storage.documents)
    records.change_run(address_of(media), run_id, lambda state: state.model_copy(update=cancelled))
    _work(storage)
    assert _traces(storage, media.media_id) == []


def test_pending_medium_of_run_is_cancelled(storage: Storage, media: Media) -> None:
    run_id = add_run(
        storage, media, status=RunStatus.PENDING, run_status=RunStatus.PROCESSING, without_result=(0, 1)
    )
    storage.deletions.delete_media(ANNA, media.media_id)
    _work(storage)
    run = storage.documents.get(PromptRun, keys.prompt_run("anna", run_id))
    assert run is not None
    of_run = media_of_run(storage.documents, run)
    assert (of_run.states, of_run.removed.statuses) == ([], [RunStatus.CANCELLED])
    assert of_run.removed.media_counts[media.media_type]["cancelled"] == 1


def test_deletion_does_not_wait_for_failed_run(storage: Storage, media: Media) -> None:
    add_run(storage, media, status=RunStatus.PROCESSING, run_status=RunStatus.FAILED)
    storage.deletions.delete_media(ANNA, media.media_id)
    _work(storage)
    assert _traces(storage, media.media_id) == []


def test_interrupted_deletion_is_resumed(storage: Storage, media: Media, index_id: str, film: Path) -> None:
    (second,) = storage.import_now(film, index_id)
    for one in (media, second):
        add_run(storage, one)
    storage.deletions.delete_index(ANNA, index_id)
    request = storage.jobs.requests[-1]
    for tries in range(1, 50):
        with suppress(Interrupted):
            storage.deletion_work.run(request, StopAfter(tries))
            break
    assert tries >= 5
    assert storage.blob_keys() == set()
    assert _traces(storage, media.media_id) + _traces(storage, second.media_id) == []


@pytest.mark.slow
def test_large_index_is_deleted_in_several_short_steps(storage: Storage, media: Media, index_id: str) -> None:
    for _ in range(130):
        keep_media(storage.documents, media.model_copy(update={"media_id": new_id(MEDIA)}))
    storage.deletions.delete_index(ANNA, index_id)
    request = storage.jobs.requests[-1]
    for _ in range(12):  # each call continues where the previous one was interrupted
        with suppress(Interrupted):
            storage.deletion_work.step(request, StopAfter(110))
    assert storage.deletions.index_deletion(ANNA, index_id).status is DeletionStatus.DELETED
    assert storage.documents.sort_keys(keys.index_media("anna", index_id), limit=1).items == []
    assert storage.blob_keys() == set()


def test_model_calls_are_deleted_by_pointers_of_medium(storage: Storage, media: Media, film: Path) -> None:
    """A run may have millions of model calls, of which one medium made about a hundred."""
    (other,) = storage.import_now(film)
    run_id = add_run(storage, media)
    for call_id, medium in (("llm_1", media), ("llm_2", other)):
        storage.documents.write(
            Put(keys.model_call("anna", run_id, call_id), {"media_id": medium.media_id}),
            Put(keys.call_of_medium("anna", run_id, medium.media_id, call_id), {}),
        )
    storage.records.write(Put(keys.model_call("anna", run_id, "llm_3"), {"media_id": media.media_id}))
    storage.deletions.delete_media(ANNA, media.media_id)
    _work(storage)
    left = storage.documents.sort_keys(keys.model_call("anna", run_id), limit=9).items
    assert "llm_1" not in left
    assert {"llm_2", "llm_3"} <= set(left), "calls without a pointer are not searched for"


def test_pending_retry_is_cancelled_and_running_retry_awaited(storage: Storage, media: Media) -> None:
    run_id = add_run(storage, media)
    retry_key = keys.segment_retry("anna", run_id, "rty_1")
    under_way = {"status": RetryStatus.PROCESSING}
    storage.documents.update(SegmentRetry, retry_key, lambda retry: retry.model_copy(update=under_way))
    storage.deletions.delete_media(ANNA, media.media_id)
    assert not storage.deletion_work.step(storage.jobs.requests[-1], never)
    waiting = {"status": RetryStatus.PENDING}
    storage.documents.update(SegmentRetry, retry_key, lambda retry: retry.model_copy(update=waiting))
    assert storage.deletion_work.step(storage.jobs.requests[-1], never)
    assert _traces(storage, media.media_id) == []


def test_concurrent_deletion_does_not_duplicate_job(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = storage.new_index(), storage.new_index()
    write = storage.records.write

    def beside_another(*writes: Write) -> None:
        monkeypatch.setattr(storage.records, "write", write)
        storage.deletions.delete_index(ANNA, second)
        write(*writes)

    monkeypatch.setattr(storage.records, "write", beside_another)
    deletion = storage.deletions.delete_index(ANNA, first)
    of_first = [r for r in storage.jobs.requests if r.arguments["target_id"] == first]
    assert [request.job_id for request in of_first] == [deletion.deletion_id]
    listed = storage.documents.get(DeletingIndexes, keys.deleting_indexes("anna"))
    assert listed == DeletingIndexes(index_ids=sorted([first, second]))
