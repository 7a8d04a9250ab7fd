"""The ingest workflow over real media, decoders and storage."""

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from ulid import ULID

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.errors import Conflict, NotFound, UnsupportedMedia, VersionConflict
from shared.domain.imports.import_job import ImportJob, ImportOutput, ImportStatus
from shared.domain.media import MediaType
from shared.media.derive import playback
from shared.ports.jobs import Interrupted
from shared.services.imports.ingest import part_maker
from shared.settings import Settings
from tests.unit.media.samples import make_audio, make_video
from tests.unit.services.storage import ANNA, StopAfter, Storage, never


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "storage", Settings(max_part_seconds=2.0, allow_private_uris=True))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of five seconds: three parts of at most two seconds."""
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=5.0)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(
        tmp_path_factory.mktemp("media") / "short.mp4", seconds=1.5, options={"movflags": "faststart"}
    )


def _run(storage: Storage, job: ImportJob) -> ImportJob:
    storage.ingest.run(storage.jobs.requests[-1], never)
    return storage.views.job(ANNA, job.job_id)


def test_short_video_becomes_one_medium(storage: Storage, short: Path) -> None:
    index_id = storage.new_index()
    job = _run(storage, storage.upload(short, index_id, title="Short"))
    assert (job.status, job.phase, job.error_message) == (ImportStatus.COMPLETED, "completed", None)
    assert job.started_at
    assert job.completed_at
    progress = job.progress
    assert (progress.imported, progress.failed, progress.parts_total, progress.parts_completed) == (
        1,
        0,
        1,
        1,
    )
    (output,) = storage.views.view(ANNA, job.job_id).outputs.items
    assert (output.status, output.title, output.source_start_seconds) == ("completed", "Short", 0.0)
    media = storage.library.get(ANNA, output.media_id)
    assert (media.media_type, media.index_id, media.has_audio) == (MediaType.VIDEO, index_id, True)
    assert (media.width, media.height) == (160, 120)
    assert media.duration_seconds == pytest.approx(1.5, abs=0.1)
    assert media.content_hash == hashlib.sha256(storage.blobs.read(media.playback_key)).hexdigest()
    assert storage.blobs.read(media.poster_key or "").startswith(b"\xff\xd8")
    assert storage.library.preview(ANNA, media.media_id).startswith(b"GIF8")
    [entry] = storage.library.page(ANNA, index_id, limit=9, after=None).items
    assert (entry.media, entry.runs) == (media, [])


def test_source_file_is_deleted_after_import(storage: Storage, short: Path) -> None:
    (media,) = storage.import_now(short)
    assert storage.blob_keys() == {media.playback_key, media.poster_key, media.preview_key}


def test_long_video_becomes_fewest_parts(storage: Storage, film: Path) -> None:
    job = _run(storage, storage.upload(film, title="Long"))
    outputs = storage.views.view(ANNA, job.job_id).outputs.items
    assert [o.part_index for o in outputs] == [0, 1, 2]
    assert {o.part_count for o in outputs} == {3}
    assert outputs[1].title == "Long (part 2 of 3)"
    edges = [(o.source_start_seconds, o.source_end_seconds) for o in outputs]
    assert edges[0][0] == 0
    assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]
    media = [storage.library.get(ANNA, o.media_id) for o in outputs]
    assert sum(m.duration_seconds or 0 for m in media) == pytest.approx(5.0, abs=0.5)
    assert all((m.duration_seconds or 0) <= 2.1 for m in media)
    assert job.progress.parts_completed == 3


def test_audio_and_images_are_not_split(storage: Storage, tmp_path: Path) -> None:
    (audio,) = storage.import_now(make_audio(tmp_path / "tone.wav", "pcm_s16le", seconds=4.0))
    assert (audio.media_type, audio.part_count) == (MediaType.AUDIO, 1)
    assert audio.duration_seconds == pytest.approx(4.0, abs=0.1)
    Image.new("RGB", (64, 48), "green").save(tmp_path / "leaf.png")
    (picture,) = storage.import_now(tmp_path / "leaf.png")
    assert (picture.media_type, picture.duration_seconds) == (MediaType.IMAGE, None)
    assert (picture.width, picture.height) == (64, 48)


def test_audio_above_limit_is_refused(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "s", Settings(max_audio_seconds=1.0))
    job = _run(storage, storage.upload(make_audio(tmp_path / "tone.wav", "pcm_s16le", seconds=2.0)))
    assert job.status is ImportStatus.FAILED
    assert job.error_message


def test_unsupported_file_fails_with_reason_and_leaves_no_files(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_bytes(b"this is no film" * 100)
    job = _run(storage, storage.upload(tmp_path / "note.mp4"))
    assert (job.status, job.error_code) == (ImportStatus.FAILED, "unsupported_format")
    assert "format" in (job.error_message or "")
    assert (job.progress.failed, job.progress.imported) == (1, 0)
    (failed,) = storage.views.view(ANNA, job.job_id).failed_files.items
    assert failed.failure is not None
    assert (failed.failure.stage, failed.failure.retryable) == ("probe", False)
    assert storage.blob_keys() == set()


def test_import_interrupted_anywhere_has_same_result(storage: Storage, film: Path) -> None:
    job = storage.upload(film)
    assert storage.ingest_with_interruptions(storage.jobs.requests[0]) > 2
    done = storage.views.job(ANNA, job.job_id)
    assert (done.status, done.progress.parts_completed) == (ImportStatus.COMPLETED, 3)
    media = [entry.media for entry in storage.library.page(ANNA, None, limit=50, after=None).items]
    assert len(media) == 3
    assert len(storage.blob_keys()) == 9


def test_part_deleted_during_import_is_not_recreated(storage: Storage, film: Path) -> None:
    job = storage.upload(film)
    request = storage.jobs.requests[0]
    ready: list[ImportOutput] = []
    for tries in range(1, 100):
        with suppress(Interrupted):
            storage.ingest.run(request, StopAfter(tries))
        outputs = storage.views.view(ANNA, job.job_id).outputs.items
        if ready := [output for output in outputs if output.status == "completed"]:
            break
    assert not storage.views.job(ANNA, job.job_id).status.is_terminal
    storage.deletions.delete_media(ANNA, ready[0].media_id)
    storage.deletion_work.run(storage.jobs.requests[-1], never)
    first, *_ = storage.views.view(ANNA, job.job_id).outputs.items
    assert (first.status, first.media_id, first.title) == ("deleted", "", "")
    storage.ingest.run(request, never)
    view = storage.views.view(ANNA, job.job_id)
    assert [output.status for output in view.outputs.items] == ["completed", "completed"]
    assert (view.job.progress.parts_total, view.job.progress.parts_completed) == (3, 3)
    assert len(storage.library.page(ANNA, None, limit=9, after=None).items) == 2


def test_crash_between_storing_and_registering_is_repaired(
    storage: Storage, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = storage.upload(short)
    with monkeypatch.context() as broken:
        broken.setattr("shared.services.imports.ingest.ingest.register", _crash)
        with pytest.raises(MemoryError):
            storage.ingest.run(storage.jobs.requests[0], never)
    (planned,) = storage.views.view(ANNA, job.job_id).outputs.items
    with pytest.raises(NotFound):
        storage.library.get(ANNA, planned.media_id)
    storage.ingest.run(storage.jobs.requests[0], never)
    assert storage.library.get(ANNA, planned.media_id).media_id == planned.media_id


def _crash(*_: object) -> None:
    raise MemoryError


def test_completed_job_run_again_changes_nothing(storage: Storage, short: Path) -> None:
    job = storage.upload(short)
    request = storage.jobs.requests[0]
    storage.ingest.run(request, never)
    before = (storage.views.job(ANNA, job.job_id), storage.blob_keys())
    storage.ingest.run(request, never)
    assert (storage.views.job(ANNA, job.job_id), storage.blob_keys()) == before


def test_index_deleted_during_import_fails_and_leaves_nothing(
    storage: Storage, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_id = storage.new_index()
    job = storage.upload(film, index_id)
    make = part_maker.PartMaker.make

    def make_then_delete(self: part_maker.PartMaker, *args: object) -> object:
        media = make(self, *args)  # type: ignore[arg-type]
        if media.part_index == 1:
            storage.deletions.delete_index(ANNA, index_id)
        return media

    monkeypatch.setattr(part_maker.PartMaker, "make", make_then_delete)
    failed = _ingest_first(storage, job)
    assert (failed.status, failed.error_code) == (ImportStatus.COMPLETED, "completed_with_failures")
    assert (failed.progress.failed, failed.progress.parts_completed) == (1, 1)
    assert failed.error_message == (
        "Only 1 of the 3 parts of this file could be imported. "
        "The reason: The index was deleted while this was imported."
    )
    storage.deletion_work.run(storage.jobs.requests[-1], never)
    assert storage.blob_keys() == set()
    assert storage.documents.sort_keys(keys.index_media("anna", index_id), limit=9).items == []


def _ingest_first(storage: Storage, job: ImportJob) -> ImportJob:
    storage.ingest.run(storage.jobs.requests[0], never)
    return storage.views.job(ANNA, job.job_id)


def test_full_disk_fails_import_with_storage_full(
    storage: Storage, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(part_maker, "make_playable", full)
    job = _run(storage, storage.upload(short))
    assert (job.status, job.error_code) == (ImportStatus.FAILED, "storage_full")
    assert "room" in (job.error_message or "")
    assert storage.blob_keys() == set()


def test_undecodable_part_does_not_affect_other_parts(
    storage: Storage, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = playback.make_playable

    def second_is_damaged(*args: Any, **kwargs: Any) -> Any:
        if 0 < kwargs["start"] < 3:
            raise UnsupportedMedia("This part is damaged.", code="media_undecodable")
        return original(*args, **kwargs)

    monkeypatch.setattr(part_maker, "make_playable", second_is_damaged)
    job = _run(storage, storage.upload(film))
    assert (job.status, job.progress.failed) == (ImportStatus.COMPLETED, 1)
    assert (job.progress.parts_completed, job.progress.parts_failed) == (2, 1)
    assert (job.phase, job.error_code) == ("completed_with_failures", "completed_with_failures")
    assert job.error_message == (
        "Only 2 of the 3 parts of this file could be imported. The reason: This part is damaged."
    )
    outputs = storage.views.view(ANNA, job.job_id).outputs.items
    assert [output.status for output in outputs] == ["completed", "failed", "completed"]
    assert [output.failure and output.failure.message for output in outputs] == [
        None,
        "This part is damaged.",
        None,
    ]
    (failed,) = storage.views.view(ANNA, job.job_id).failed_files.items
    assert (failed.parts_completed, failed.parts_failed) == (2, 1)
    assert len(storage.blob_keys()) == 6


def test_unexpected_error_is_raised_and_later_recorded(
    storage: Storage, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("internal detail")

    monkeypatch.setattr(part_maker, "make_playable", broken)
    job = storage.upload(short)
    with pytest.raises(RuntimeError) as error:
        storage.ingest.run(storage.jobs.requests[0], never)
    assert not storage.views.job(ANNA, job.job_id).status.is_terminal
    storage.ingest.fail(storage.jobs.requests[0], error.value)
    given_up = storage.views.job(ANNA, job.job_id)
    assert (given_up.status, given_up.error_code) == (ImportStatus.FAILED, "internal_error")
    assert "internal detail" not in (given_up.error_message or "")
    assert storage.blob_keys() == set()


@pytest.fixture
def web(film: Path, short: Path, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "short.mp4").write_bytes(short.read_bytes())
    handler = partial(_Quiet, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


def _from_uri(storage: Storage, uri: str) -> ImportJob:
    return storage.imports.accept_uri(ANNA, title="Web", video_uri=uri, index_id=None, seed=str(ULID()))


def test_link_is_fetched_and_imported(storage: Storage, web: str, short: Path) -> None:
    job = _run(storage, _from_uri(storage, f"{web}/short.mp4"))
    assert job.status is ImportStatus.COMPLETED
    assert job.progress.bytes_transferred == short.stat().st_size
    (entry,) = storage.library.page(ANNA, None, limit=9, after=None).items
    media = entry.media
    assert media.file_name == "short.mp4"


def test_missing_link_fails_import(storage: Storage, web: str) -> None:
    job = _run(storage, _from_uri(storage, f"{web}/missing.mp4"))
    assert (job.status, job.error_code) == (ImportStatus.FAILED, "fetch_refused")
    assert storage.blob_keys() == set()


def test_link_into_private_network_is_refused_at_fetch(storage: Storage, web: str, tmp_path: Path) -> None:
    """The host's name may resolve to another address than when the request was checked."""
    job = _from_uri(storage, f"{web}/short.mp4")
    strict = Storage(tmp_path / "storage", Settings())
    strict.ingest.run(storage.jobs.requests[0], never)
    failed = strict.views.job(ANNA, job.job_id)
    assert (failed.status, failed.error_code) == (ImportStatus.FAILED, "uri_refused")


def test_interrupted_fetch_starts_again(storage: Storage, web: str) -> None:
    _from_uri(storage, f"{web}/short.mp4")
    with pytest.raises(Interrupted):
        storage.ingest.run(storage.jobs.requests[0], StopAfter(0))
    storage.ingest.run(storage.jobs.requests[0], never)
    assert len(storage.library.page(ANNA, None, limit=9, after=None).items) == 1


def test_medium_is_read_by_another_process(storage: Storage, tmp_path: Path, short: Path) -> None:
    (media,) = storage.import_now(short)
    reopened = SqliteRecords(tmp_path / "storage" / "records.sqlite")
    assert reopened.get(keys.media("anna", media.media_id)) is not None


@pytest.mark.parametrize(
    ("error", "code"),
    [(VersionConflict(keys.job("imp_1")), "internal_error"), (Conflict("busy"), "conflict")],
)
def test_rejected_write_is_recorded_as_internal_error(
    storage: Storage, short: Path, error: Exception, code: str
) -> None:
    job = storage.upload(short)
    storage.ingest.fail(storage.jobs.requests[-1], error)
    [failed] = storage.views.view(ANNA, job.job_id).failed_files.items
    assert failed.failure is not None
    assert failed.failure.code == code
    assert "jobs" not in failed.failure.message
