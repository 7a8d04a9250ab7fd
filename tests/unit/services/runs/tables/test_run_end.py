"""Run tables at the end of a run, after a retry and after a deletion, with the real pipeline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.domain import blob_keys, keys
from shared.domain.clock import now, timestamp
from shared.domain.ids import segment_id
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.domain.runs.segment_retry import SegmentRetry
from shared.ports.jobs import Interrupted
from shared.ports.records import Put
from shared.services.records.documents import put
from shared.services.runs.execution.stop_check import StopCheck
from shared.services.runs.pipeline.retry import retry_segment
from shared.services.runs.pipeline.run_coordinator import RunCoordinator
from shared.services.runs.pipeline.shard import Shard
from shared.services.runs.tables.tables import RunTables
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import OVERVIEW, SHOTS, RunWorld
from tests.unit.services.runs.medium_work import pipeline_ports
from tests.unit.services.runs.tables.table_runs import add_table_run, table_rows
from tests.unit.services.storage import ANNA, StopAfter, never

pytestmark = pytest.mark.slow

TENANT = ANNA.tenant_id
SEGMENTS = """SELECT segment_id, start_seconds, transcription, succeeded, lines, words FROM segments
    ORDER BY ordinal"""


class WatchedBlobs(FolderBlobs):
    """Blobs that call ``before_adopt`` before they adopt a file."""

    before_adopt: Callable[[], None]

    def adopt(self, key: str, path: Path, content_type: str) -> None:
        self.before_adopt()
        super().adopt(key, path, content_type)


class FullBlobs(FolderBlobs):
    """Blobs without room for scratch files."""

    def scratch_file(self, suffix: str = "") -> Path:
        raise OSError(28, "No space left on device")


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def film(world: RunWorld, tmp_path: Path) -> Media:
    return world.add(make_video(tmp_path / "film.mp4", seconds=4.0, scene_seconds=1.0))


@pytest.fixture
def tables(world: RunWorld) -> RunTables:
    return RunTables(world.documents, world.blobs)


@pytest.fixture
def processed_run(world: RunWorld, film: Media) -> PromptRun:
    """A run whose media have all ended, and which has not."""
    run = world.execute([film])
    world.pipeline.process(TENANT, run.run_id, Shard(), never)
    return run


def is_stored(world: RunWorld, run: PromptRun) -> bool:
    return world.blobs.stat(blob_keys.run_table(TENANT, run.run_id)) is not None


def expected(world: RunWorld, run: PromptRun, media: Media) -> list[tuple[object, ...]]:
    return [
        (
            result.segment_id,
            result.start,
            result.metadata.get("transcription"),
            int(not result.failed),
            json.dumps(result.metadata["lines"]) if "lines" in result.metadata else None,
            result.metadata.get("words"),
        )
        for result in world.results(run, media)
    ]


def delete(world: RunWorld, media: Media) -> None:
    world.deletions.delete_media(ANNA, media.media_id)
    world.deletion_work.run(world.jobs.requests[-1], never)


def blobs_with(world: RunWorld, media: Media) -> list[str]:
    return [key for key in world.blob_keys() if media.media_id.encode() in world.blobs.read(key)]


def test_run_leaves_a_table_of_its_results(world: RunWorld, film: Media, tables: RunTables) -> None:
    run = world.run_now([film], world.new_prompt(video_level=OVERVIEW), SHOTS)
    assert run.status is RunStatus.COMPLETED
    assert is_stored(world, run)
    assert table_rows(tables, run, SEGMENTS) == expected(world, run, film)
    assert table_rows(tables, run, "SELECT video_id, status FROM media_results") == [
        (film.media_id, "completed")
    ]


def test_run_completes_without_room_for_its_table(
    world: RunWorld, film: Media, processed_run: PromptRun, tables: RunTables, tmp_path: Path
) -> None:
    full = FullBlobs(tmp_path / "full", link_base_url=lambda: "", signing_key=b"k" * 32)
    coordinator = RunCoordinator(world.documents, RunTables(world.documents, full))
    assert coordinator.finish(TENANT, processed_run.run_id) is RunStatus.COMPLETED
    assert table_rows(tables, processed_run, SEGMENTS) == expected(world, processed_run, film)


def test_large_run_leaves_its_table_to_the_first_reader(
    world: RunWorld, film: Media, processed_run: PromptRun, tables: RunTables
) -> None:
    coordinator = RunCoordinator(world.documents, tables)
    status = coordinator.finish(TENANT, processed_run.run_id, max_table_segments=1)
    assert (status, is_stored(world, processed_run)) == (RunStatus.COMPLETED, False)
    assert table_rows(tables, processed_run, SEGMENTS) == expected(world, processed_run, film)
    assert is_stored(world, processed_run)


def test_run_interrupted_at_its_table_ends_with_the_next_attempt(
    world: RunWorld, film: Media, processed_run: PromptRun, tables: RunTables
) -> None:
    coordinator = RunCoordinator(world.documents, tables)
    for checks in range(2):
        stop = StopAfter(checks)

        def check(stop: StopAfter = stop) -> None:
            if stop():
                raise Interrupted

        with pytest.raises(Interrupted):
            coordinator.finish(TENANT, processed_run.run_id, check)
        assert not is_stored(world, processed_run)
    assert coordinator.finish(TENANT, processed_run.run_id) is RunStatus.COMPLETED
    assert table_rows(tables, processed_run, SEGMENTS) == expected(world, processed_run, film)


def test_retry_of_a_segment_is_in_the_next_opened_table(
    world: RunWorld, film: Media, tables: RunTables
) -> None:
    world.models.extractor.broken_at = {2.0}
    run = world.run_now([film])
    world.models.extractor.broken_at = set()
    assert [row[3] for row in table_rows(tables, run, SEGMENTS)] == [1, 0]
    retry = SegmentRetry(
        retry_id="rty_1",
        run_id=run.run_id,
        media_id=film.media_id,
        segment_id=segment_id(film.media_id, world.medium_state(run, film).recipe, 1),
        created_at=timestamp(),
    )
    world.documents.write(put(keys.segment_retry(TENANT, run.run_id, "rty_1"), retry))
    stop_check = StopCheck(world.documents, TENANT, run.run_id, never, ignores_cancellation=True)
    retry_segment(pipeline_ports(world), run, {"retry_id": "rty_1"}, world.models.extractor, stop_check)
    found = table_rows(tables, run, SEGMENTS)
    assert [row[3] for row in found] == [1, 1]
    assert found == expected(world, run, film)


def test_deleted_medium_is_in_no_run_table(world: RunWorld, film: Media, tables: RunTables) -> None:
    other = world.add_without_bytes()
    run = add_table_run(world.documents, {film.media_id: [{"count": 1}], other.media_id: [{"count": 2}]})
    table_rows(tables, run, "SELECT 1")
    assert blobs_with(world, film) == [blob_keys.run_table(TENANT, run.run_id)]
    delete(world, film)
    assert not is_stored(world, run)
    assert table_rows(tables, run, "SELECT video_id, count FROM segments") == [(other.media_id, 2)]
    assert blobs_with(world, film) == []


def test_medium_deleted_during_a_build_is_not_stored(world: RunWorld, film: Media, tables: RunTables) -> None:
    run = add_table_run(world.documents, {film.media_id: [{"count": 1}]})
    checks = iter(range(100))

    def delete_at_the_end() -> None:
        if next(checks) == 1:
            delete(world, film)

    with tables.open(TENANT, run.run_id, delete_at_the_end) as path:
        assert film.media_id.encode() not in path.read_bytes()
    assert blobs_with(world, film) == []


def test_deletion_waits_until_a_table_is_stored(world: RunWorld, film: Media, tmp_path: Path) -> None:
    run = add_table_run(world.documents, {film.media_id: [{"count": 1}]})
    blobs = WatchedBlobs(tmp_path / "blobs", link_base_url=lambda: "", signing_key=b"k" * 32)
    finished: list[bool] = []

    def request_deletion() -> None:
        world.deletions.delete_media(ANNA, film.media_id)
        finished.append(world.deletion_work.step(world.jobs.requests[-1], never))

    blobs.before_adopt = request_deletion
    table_rows(RunTables(world.documents, blobs), run, "SELECT 1")
    assert (finished, is_stored(world, run)) == ([False], True)
    assert world.deletion_work.step(world.jobs.requests[-1], never)
    assert blobs_with(world, film) == []


def test_killed_writer_delays_a_deletion_until_its_record_expires(world: RunWorld, film: Media) -> None:
    run = add_table_run(world.documents, {film.media_id: [{"count": 1}]})
    key = keys.run_table_writer(TENANT, run.run_id, "killed")
    world.documents.write(Put(key, {}))
    world.deletions.delete_media(ANNA, film.media_id)
    assert not world.deletion_work.step(world.jobs.requests[-1], never)
    world.documents.write(Put(key, {}, expires_at=now()))
    assert world.deletion_work.step(world.jobs.requests[-1], never)
