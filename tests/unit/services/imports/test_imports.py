"""The ways in: each creates one durable import job, or refuses the file."""

from pathlib import Path

import pytest
from ulid import ULID

from shared.domain import keys
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.file_names import base_name
from shared.domain.imports.import_job import ImportStatus
from shared.domain.media import Index
from shared.ports.records import Write
from shared.services.imports.leftovers import ImportLeftovers
from shared.settings import Settings
from tests.unit.media.samples import make_video
from tests.unit.services.storage import ANNA, BERT, Storage, UploadedFile, never

pytestmark = pytest.mark.usefixtures("no_name_server")


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"bytes of a film")
    return path


def test_upload_is_durable_when_it_is_accepted(storage: Storage, source: Path) -> None:
    index_id = storage.new_index()
    job = storage.upload(source, index_id, title="  Sunset ")
    view = storage.views.view(ANNA, job.job_id)
    assert (view.job.status, view.job.title, view.job.index_id) == (ImportStatus.PENDING, "Sunset", index_id)
    assert view.job.progress.total_files == 1
    assert view.job.progress.bytes_transferred == 15
    (request,) = storage.jobs.requests
    assert request.arguments == {"tenant_id": "anna", "import_job_id": job.job_id}
    assert storage.records.get(keys.job(request.job_id)) is not None
    (key,) = storage.blob_keys()
    assert storage.blobs.read(key) == b"bytes of a film"


def test_source_without_job_is_removed_after_crash(storage: Storage, source: Path) -> None:
    storage.upload(source)
    waiting = storage.blob_keys()
    storage.blobs.write("imports/anna/imp_lost/fil_lost/source", b"lost", "video/mp4")
    assert ImportLeftovers(storage.documents, storage.blobs).remove() == 1
    assert storage.blob_keys() == waiting


def test_same_seed_returns_same_import(storage: Storage, source: Path) -> None:
    seed = str(ULID())
    first = storage.upload(source, seed=seed)
    again = storage.upload(source, seed=seed)
    assert again == first
    assert len(storage.jobs.requests) == 1
    assert len(storage.blob_keys()) == 1


def test_missing_title_is_taken_from_file_name(storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"1")
    arrived = UploadedFile(path, storage.blobs, "/home/anna/My holiday.mov", 1)
    job = storage.imports.accept_upload(ANNA, arrived, title=None, index_id=None, seed=str(ULID()))
    assert job.title == "My holiday"
    (file,) = storage.views.files(ANNA, job.job_id, failed_only=False, limit=9, after=None)[0].items
    assert file.file_name == "My holiday.mov"


@pytest.mark.parametrize("title", ["", "   ", "x" * 256])
def test_title_outside_1_to_255_characters_is_refused(storage: Storage, source: Path, title: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        storage.upload(source, title=title)
    assert refused.value.field == "title"
    assert storage.blob_keys() == set()


def test_unknown_foreign_or_deleting_index_is_not_found(storage: Storage, source: Path) -> None:
    foreign = storage.new_index(BERT)
    deleting = storage.new_index(ANNA)
    storage.deletions.delete_index(ANNA, deleting)
    for index_id in ("idx_unknown", foreign, deleting):
        with pytest.raises(NotFound):
            storage.upload(source, index_id)
    assert storage.blob_keys() == set()


def test_file_is_deleted_when_index_is_deleted_meanwhile(
    storage: Storage, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_id = storage.new_index()
    adopt = storage.blobs.adopt

    def adopt_then_delete(key: str, path: Path, content_type: str) -> None:
        adopt(key, path, content_type)
        index = keys.index("anna", index_id)
        storage.documents.update(Index, index, lambda found: found.model_copy(update={"deleting": True}))

    monkeypatch.setattr(storage.blobs, "adopt", adopt_then_delete)
    with pytest.raises(NotFound):
        storage.upload(source, index_id)
    assert storage.blob_keys() == set()
    assert storage.jobs.requests == []


def test_empty_file_is_refused(storage: Storage, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with pytest.raises(InvalidRequest) as refused:
        storage.upload(empty)
    assert refused.value.field == "file"


def test_import_into_full_playground_is_refused(tmp_path: Path) -> None:
    source = make_video(tmp_path / "short.mp4", seconds=1.0)
    storage = Storage(tmp_path / "s", Settings(max_playground_media=2))
    first, _ = [storage.import_now(source) for _ in range(2)]
    with pytest.raises(Conflict) as refused:
        storage.upload(source)
    assert refused.value.code == "resource_quota_exceeded"
    assert (refused.value.details["limit"], refused.value.details["used"]) == (2, 2)
    storage.deletions.delete_media(ANNA, first[0].media_id)
    storage.deletion_work.run(storage.jobs.requests[-1], never)
    assert storage.upload(source)


@pytest.mark.parametrize(
    ("uri", "rule"),
    [
        ("gs://bucket/a.mp4", "source_connector_id"),
        ("s3://bucket/a.mp4", "source_connector_id"),
        ("http://example.com/a.mp4", "https://"),
        ("https://127.0.0.1/a.mp4", "private"),
        ("https://169.254.169.254/latest", "private"),
    ],
)
def test_address_that_may_not_be_fetched_is_refused(storage: Storage, uri: str, rule: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        storage.imports.accept_uri(ANNA, title="A", video_uri=uri, index_id=None, seed=str(ULID()))
    assert refused.value.field == "video_uri"
    assert rule in refused.value.rule


def test_unknown_connector_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound) as refused:
        storage.imports.accept_uri(
            ANNA,
            title="A",
            video_uri="gs://bucket/a.mp4",
            index_id=None,
            source_connector_id="con_1",
            seed=str(ULID()),
        )
    assert refused.value.code == "resource_connector_not_found"


def test_job_of_other_tenant_is_not_found(storage: Storage, source: Path) -> None:
    job = storage.upload(source)
    with pytest.raises(NotFound):
        storage.views.view(BERT, job.job_id)
    assert storage.views.recent(BERT, status=None, index_id=None, limit=9) == []


def test_recent_jobs_are_sorted_and_filtered_by_status(storage: Storage, source: Path) -> None:
    ids = [storage.upload(source).job_id for _ in range(3)]
    recent = storage.views.recent(ANNA, status=None, index_id=None, limit=2)
    assert [job.job_id for job in recent] == ids[:0:-1]
    assert storage.views.recent(ANNA, status=ImportStatus.FAILED, index_id=None, limit=2) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("/home/me/clip.mp4", "clip.mp4"),
        (r"C:\Users\me\clip.mp4", "clip.mp4"),
        ("a\x00b\n.mp4", "ab.mp4"),
        ("", "media"),
        ("../..", ".."),
        ("x" * 300 + ".mp4", "x" * 251 + ".mp4"),
        ("フィルム.mov", "フィルム.mov"),
    ],
)
def test_file_name_is_last_part_of_path(sent: str, kept: str) -> None:
    assert base_name(sent) == kept


def test_concurrent_request_with_same_seed_returns_first_import(
    storage: Storage, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = str(ULID())
    write = storage.records.write

    def beside_same_request(*writes: Write) -> None:
        monkeypatch.setattr(storage.records, "write", write)
        storage.upload(source, title="First", seed=seed)
        write(*writes)

    monkeypatch.setattr(storage.records, "write", beside_same_request)
    job = storage.upload(source, title="Second", seed=seed)
    assert job.title == "First"
    assert [request.job_id for request in storage.jobs.requests] == [job.job_id]
