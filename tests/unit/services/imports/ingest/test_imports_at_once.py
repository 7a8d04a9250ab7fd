"""Two imports of new files at the same time: each object is imported once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.connectors.connector import ImportMode
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportOutput, ImportStatus
from shared.domain.job import JobRequest
from shared.domain.media import Media
from shared.services.imports.ingest.part_maker import PartMaker, Source
from tests.unit.services.imports.bucket_world import BucketWorld
from tests.unit.services.storage import never


@pytest.fixture
def world(tmp_path: Path) -> BucketWorld:
    made = BucketWorld(tmp_path)
    made.fill(2)
    return made


def _listed(world: BucketWorld) -> tuple[list[ImportJob], list[JobRequest]]:
    """Start two imports, and list both stores before anything is imported."""
    jobs = [world.start(import_mode=ImportMode.NEW_ONLY) for _ in range(2)]
    world.list_stores()
    return jobs, list(world.storage.jobs.requests)


def _outcomes(files: list[ImportFile]) -> list[tuple[str, str | None]]:
    return [(file.status.value, file.skip_reason) for file in files]


IMPORTED = [("completed", None)] * 2
SKIPPED = [("skipped", "already_imported")] * 2


def test_second_of_two_imports_skips_what_the_first_has_imported(world: BucketWorld) -> None:
    jobs, _ = _listed(world)
    world.import_batches()
    assert [_outcomes(world.files(job)) for job in jobs] == [IMPORTED, SKIPPED]
    assert [world.job(job).status for job in jobs] == [ImportStatus.COMPLETED] * 2
    assert world.media() == ["00000.png", "00001.png"]


def test_imports_that_make_the_same_file_register_it_once(
    world: BucketWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, (first, second) = _listed(world)
    make, begun = PartMaker.make, list[str]()

    def overtaken(
        maker: PartMaker, job: ImportJob, source: Source, output: ImportOutput, stopping: Callable[[], bool]
    ) -> Media:
        made = make(maker, job, source, output, stopping)
        if not begun:  # the other import registers its files before this one registers the first
            begun.append(output.file_name)
            world.storage.ingest.run(second, never)
        return made

    monkeypatch.setattr(PartMaker, "make", overtaken)
    world.storage.ingest.run(first, never)
    assert [_outcomes(world.files(job)) for job in jobs] == [SKIPPED, IMPORTED]
    assert world.media() == ["00000.png", "00001.png"]
    assert len({key.split("/")[2] for key in world.storage.blob_keys() if key.startswith("media/")}) == 2


def test_batch_that_runs_twice_keeps_its_files(world: BucketWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.start(import_mode=ImportMode.NEW_ONLY)
    world.list_stores()
    (request,) = world.storage.jobs.requests
    make, begun = PartMaker.make, list[str]()

    def overtaken(
        maker: PartMaker, job: ImportJob, source: Source, output: ImportOutput, stopping: Callable[[], bool]
    ) -> Media:
        made = make(maker, job, source, output, stopping)
        if not begun:
            begun.append(output.file_name)
            world.storage.ingest.run(request, never)
        return made

    monkeypatch.setattr(PartMaker, "make", overtaken)
    world.storage.ingest.run(request, never)
    blobs = world.storage.blob_keys()
    assert _outcomes(world.files(job)) == IMPORTED
    assert len({key.split("/")[2] for key in blobs if key.startswith("media/")}) == 2
