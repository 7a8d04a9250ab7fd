"""Upload sessions over the laptop's store: parts in any order, and one import after repeated completion."""

import os
from pathlib import Path

import pytest
from ulid import ULID

from shared.adapters.local.upload_sessions import FolderUploadSessions
from shared.domain.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    NotPermitted,
    PayloadTooLarge,
    UnsupportedMedia,
)
from shared.domain.imports.import_job import ImportStatus
from shared.domain.imports.upload_session import UPLOAD_LIFE
from shared.services.imports.leftovers import ImportLeftovers
from shared.services.imports.upload_sessions import Uploads, UploadView
from tests.unit.media.samples import make_video
from tests.unit.services.storage import ANNA, BERT, Storage, never

MIB = 1024**2


class World(Storage):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sessions = FolderUploadSessions(
            folder / "uploads", self.blobs, link_base_url=lambda: "http://testserver", signing_key=b"u" * 32
        )
        self.uploads = Uploads(self.documents, self.sessions, self.blobs, self.imports, self.settings)

    def begin(self, size: int, index_id: str | None = None, seed: str | None = None) -> UploadView:
        return self.uploads.begin(
            ANNA,
            file_name="C:\\films\\My film.mp4",
            content_type="video/mp4",
            size=size,
            title=None,
            index_id=index_id,
            seed=seed or str(ULID()),
        )

    def send(self, view: UploadView, content: bytes, numbers: set[int] | None = None) -> None:
        for part in view.missing:
            number = part.part.number
            if numbers is not None and number not in numbers:
                continue
            path = self.blobs.scratch_file()
            start = (number - 1) * view.part_bytes
            path.write_bytes(content[start : start + part.part.size])
            self.sessions.keep_part(part.request.url.partition("token=")[2], path)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_parts_in_any_order_become_one_import(world: World, tmp_path: Path) -> None:
    content = make_video(tmp_path / "film.mp4", seconds=2.0).read_bytes() + b"\0" * (33 * MIB)
    view = world.begin(len(content), world.new_index())
    assert (view.part_count, view.part_bytes, len(view.missing)) == (3, 16 * MIB, 3)
    world.send(view, content, {3, 1})
    upload_id = view.session.upload_id
    with pytest.raises(Conflict) as missing:
        world.uploads.complete(ANNA, upload_id)
    assert (missing.value.code, missing.value.details) == ("upload_incomplete", {"missing_parts": [2]})
    view = world.uploads.get(ANNA, upload_id)
    assert (list(view.arrived), [p.part.number for p in view.missing]) == ([1, 3], [2])
    world.send(view, content)
    job = world.uploads.complete(ANNA, upload_id)
    again = world.uploads.complete(ANNA, upload_id)
    assert world.uploads.import_joined_file("anna", job.job_id) == again == job
    assert len(world.jobs.requests) == 1
    world.ingest.run(world.jobs.requests[0], never)
    done = world.views.view(ANNA, job.job_id)
    assert done.job.status is ImportStatus.COMPLETED
    assert done.job.title == "My film"
    assert world.uploads.complete(ANNA, upload_id).status is ImportStatus.COMPLETED
    assert len(world.jobs.requests) == 1
    assert not list((tmp_path / "uploads").iterdir())
    assert not list(world.blobs.keys("imports/"))


def test_joined_file_is_imported_after_crash(world: World) -> None:
    """The server stopped between joining the parts and writing the import job."""
    view = world.begin(10)
    world.send(view, b"0123456789")
    session = view.session
    key = f"imports/anna/imp_{session.seed}/fil_{session.seed}/source"
    world.sessions.complete(key, session.store_upload_id, [p.part for p in view.missing])
    assert ImportLeftovers(world.documents, world.blobs).remove() == 0
    job = world.uploads.import_joined_file("anna", f"imp_{session.seed}")
    assert job is not None
    assert world.uploads.complete(ANNA, session.upload_id).job_id == job.job_id
    assert len(world.jobs.requests) == 1


def test_announced_size_type_and_index_are_enforced(world: World) -> None:
    with pytest.raises(InvalidRequest):
        world.begin(0)
    with pytest.raises(PayloadTooLarge):
        world.begin(world.settings.max_upload_bytes + 1)
    with pytest.raises(NotFound):
        world.begin(10, "idx_gone")
    with pytest.raises(UnsupportedMedia):
        world.uploads.begin(
            ANNA, file_name="a", content_type="text/html", size=1, title=None, index_id=None, seed=str(ULID())
        )
    view = world.begin(10)
    world.send(view, b"short")
    with pytest.raises(Conflict, match="have not arrived as announced"):
        world.uploads.complete(ANNA, view.session.upload_id)


def test_same_seed_returns_same_session(world: World, tmp_path: Path) -> None:
    seed = str(ULID())
    first, second = world.begin(10, seed=seed), world.begin(10, seed=seed)
    assert first.session == second.session
    assert len(list((tmp_path / "uploads").iterdir())) == 1


def test_aborted_upload_leaves_no_files_and_no_import(world: World, tmp_path: Path) -> None:
    view = world.begin(10)
    world.send(view, b"0123456789")
    world.uploads.abort(ANNA, view.session.upload_id)
    world.uploads.abort(ANNA, view.session.upload_id)
    assert not list((tmp_path / "uploads").iterdir())
    assert world.uploads.get(ANNA, view.session.upload_id).missing == []
    assert world.uploads.import_joined_file("anna", f"imp_{view.session.seed}") is None
    with pytest.raises(Conflict) as refused:
        world.uploads.complete(ANNA, view.session.upload_id)
    assert refused.value.code == "upload_aborted"
    with pytest.raises(NotFound):
        world.send(view, b"0123456789")


def test_completed_upload_cannot_be_aborted(world: World) -> None:
    view = world.begin(10)
    world.send(view, b"0123456789")
    world.uploads.complete(ANNA, view.session.upload_id)
    with pytest.raises(Conflict) as refused:
        world.uploads.abort(ANNA, view.session.upload_id)
    assert refused.value.code == "upload_completed"


def test_other_tenant_and_read_link_cannot_use_upload(world: World) -> None:
    view = world.begin(10)
    for look in (world.uploads.get, world.uploads.complete, world.uploads.abort):
        with pytest.raises(NotFound):
            look(BERT, view.session.upload_id)
    link = world.blobs.signed_link("media/anna/a/b.mp4", expires_in=60)
    with pytest.raises(NotPermitted) as refused:
        world.sessions.open_part(link.partition("token=")[2])
    assert refused.value.code == "upload_link_invalid"


def test_abandoned_upload_is_removed(world: World, tmp_path: Path) -> None:
    old, new = world.begin(10), world.begin(10)
    folder = tmp_path / "uploads" / old.session.store_upload_id
    os.utime(folder, (0, 0))
    assert world.sessions.remove_abandoned(UPLOAD_LIFE) == 1
    assert world.uploads.get(ANNA, new.session.upload_id).missing
    with pytest.raises(Conflict) as refused:
        world.uploads.complete(ANNA, old.session.upload_id)
    assert refused.value.code == "upload_aborted"
