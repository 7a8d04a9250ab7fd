"""A deletion before any single write of an import, a run or a retry leaves no data behind.

After the deletion the worker runs to its end, or it is killed a few writes later and run again.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.domain import keys
from shared.domain.job import JobRequest
from shared.domain.media import DeletionStatus, Media
from shared.ports.blobs import Blobs
from shared.ports.records import Records
from shared.ports.search_index import SearchIndex
from shared.services.imports.ingest.ingest import Ingest
from shared.services.records.documents import Documents
from shared.services.runs.pipeline.run import PromptRunPipeline
from tests.unit.media.samples import make_video
from tests.unit.services.course import Course, Killed
from tests.unit.services.run_world import FIXED_2, RunWorld, resolve
from tests.unit.services.storage import ANNA, connections_over, never

pytestmark = pytest.mark.slow

SPARED = (None, 0, 1, 2, 5)
"""Writes between the deletion and the death of the worker; None: the worker is not killed."""


class World(RunWorld):
    def ingest_on(self, course: Course) -> Ingest:
        documents = Documents(cast("Records", course.over(self.records)))
        blobs = cast("Blobs", course.over(self.blobs))
        connections = connections_over(documents, self.settings)
        return Ingest(documents, blobs, HttpsFetcher(self.settings), connections, self.settings)

    def pipeline_on(self, course: Course) -> PromptRunPipeline:
        return PromptRunPipeline(
            Documents(cast("Records", course.over(self.records))),
            cast("Blobs", course.over(self.blobs)),
            cast("SearchIndex", course.over(self.search_index)),
            self.models.pack(),
            resolve,
        )

    def delete(self, index_id: str, media: Media | None) -> None:
        """Request the deletion of the medium, or of the index, and run one step of it."""
        if media is not None:
            self.deletions.delete_media(ANNA, media.media_id)
        else:
            self.deletions.delete_index(ANNA, index_id)
        self.deletion_work.step(self.jobs.requests[-1], never)

    def finish_deletion(self) -> None:
        request = self.jobs.requests[-1]
        for _ in range(3):
            if self.deletion_work.step(request, never):
                return
        raise AssertionError("the deletion waits for work that has ended")

    def assert_no_data_is_left(self, index_id: str, *, except_index: bool) -> None:
        """Check that only the history of deletions, runs and imports is left."""
        histories = ("#deletions", "#import-", "#runs", "#removed-media", "#prompts", "#prompt-runs", "jobs")
        allowed = {keys.index("anna", index_id).partition, keys.index_run("anna", index_id).partition}
        allowed = allowed if except_index else set()
        left = [
            f"{record.key.partition} / {record.key.sort}"
            for record in self.every_record()
            if not any(history in record.key.partition for history in histories)
            and not record.body.get("event_type", "").startswith(("deletion.", "prompt_run.", "import_job."))
            and record.key.partition not in allowed
        ]
        assert left == []
        assert self.blob_keys() == set()
        assert self.search_index.counts().documents == 0


@pytest.fixture
def open_world(tmp_path: Path) -> Callable[[], World]:
    """Make a new world at each call."""
    opened: list[World] = []

    def make() -> World:
        opened.append(World(tmp_path / str(len(opened))))
        return opened[-1]

    return make


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "picture.png"
    Image.new("RGB", (64, 48), "red").save(path)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=1.0)


def interrupted_run(
    work: Callable[[Course], object], act: Callable[[], object], at: int, spared: int | None
) -> bool:
    """Do ``work`` with ``act`` before its write ``at``. If it is killed ``spared`` writes later, do it again.
    Return whether it had that many writes."""
    course = Course(act, at, None if spared is None else at + spared)
    try:
        work(course)
    except Killed:
        work(Course(never, -1, None))
    return course.acted


@pytest.mark.parametrize("spared", SPARED)
def test_index_deleted_during_import_leaves_nothing(
    open_world: Callable[[], World], picture: Path, spared: int | None
) -> None:
    for at in count():
        world = open_world()
        index_id = world.new_index()
        world.upload(picture, index_id)
        request = world.jobs.requests[-1]

        def work(course: Course, world: World = world, request: JobRequest = request) -> None:
            world.ingest_on(course).run(request, never)

        def delete(world: World = world, index_id: str = index_id) -> None:
            world.delete(index_id, None)

        if not interrupted_run(work, delete, at, spared):
            break
        assert world.deletions.index_deletion(ANNA, index_id).status is DeletionStatus.DELETED
        world.assert_no_data_is_left(index_id, except_index=False)
    assert at > 5


@pytest.mark.parametrize("whole_index", [False, True])
@pytest.mark.parametrize("spared", SPARED)
def test_medium_or_index_deleted_during_run_leaves_nothing(
    open_world: Callable[[], World], film: Path, spared: int | None, whole_index: bool
) -> None:
    for at in count():
        world = open_world()
        index_id = world.new_index()
        media = world.add(film, index_id=index_id)
        run = world.execute([media], world.new_prompt(), FIXED_2)
        if not run_with_deletion(
            world, world.job(run.run_id), index_id, None if whole_index else media, at, spared
        ):
            break
        world.finish_deletion()
        world.assert_no_data_is_left(index_id, except_index=not whole_index)
        assert world.runs.get(ANNA, run.run_id).status.is_terminal
    assert at > 10


@pytest.mark.parametrize("spared", SPARED)
def test_medium_deleted_during_segment_retry_leaves_nothing(
    open_world: Callable[[], World], film: Path, spared: int | None
) -> None:
    for at in count():
        world = open_world()
        index_id = world.new_index()
        media = world.add(film, index_id=index_id)
        world.models.extractor.broken_at = {0.0}
        run = world.run_now([media], options=FIXED_2)
        world.models.extractor.broken_at = set()
        [result] = world.results(run, media)
        world.retries.start(ANNA, run.run_id, media.media_id, result.segment_id, retry_id="rty_1")
        if not run_with_deletion(world, world.job("rty_1"), index_id, media, at, spared):
            break
        world.finish_deletion()
        world.assert_no_data_is_left(index_id, except_index=True)
    assert at > 5


def run_with_deletion(
    world: World, job: JobRequest, index_id: str, target: Media | None, at: int, spared: int | None
) -> bool:
    return interrupted_run(
        lambda course: world.pipeline_on(course).run(job, never),
        lambda: world.delete(index_id, target),
        at,
        spared,
    )
