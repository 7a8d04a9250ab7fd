"""A deletion that falls before any one write of an import, a run or a retry: nothing is left behind.

Whoever is at work is then killed a little later, and done again, or goes on to its end.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.domain import keys
from shared.domain.job import JobRequest
from shared.domain.media import DeletionStatus, Media
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.records import Records
from shared.ports.search_index import SearchIndex
from shared.services.imports.ingest.ingest import Ingest
from shared.services.records.documents import Documents
from shared.services.runs.pipeline.run import PromptRunPipeline
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import FIXED_2, RunWorld, resolve
from tests.unit.services.storage import ANNA, never

pytestmark = pytest.mark.slow

WRITES = frozenset({"write", "put", "adopt"})
SPARED = (None, 0, 1, 2, 5)
"""Writes until the worker is killed; None: it lives."""


class Killed(Interrupted):
    """The process is gone: nothing that it still tries to write arrives."""


class Course:
    """Counts the writes of one worker, has ``act`` happen before one of them, and ends with another."""

    def __init__(self, act: Callable[[], object], at: int, killed_at: int | None) -> None:
        self._act = act
        self._at = at
        self._killed_at = killed_at
        self.writes = 0
        self.acted = False

    def over(self, port: object) -> Any:
        """``port``, whose writes are counted."""
        return _Watched(port, self)

    def next_write(self) -> None:
        if self.writes == self._at:
            self.acted = True
            self._act()
        if self._killed_at is not None and self.writes >= self._killed_at:
            raise Killed
        self.writes += 1


class _Watched:
    def __init__(self, port: object, course: Course) -> None:
        self._port = port
        self._course = course

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in WRITES:
            return found

        def write(*args: Any, **kwargs: Any) -> Any:
            self._course.next_write()
            return found(*args, **kwargs)

        return write


class World(RunWorld):
    def ingest_along(self, course: Course) -> Ingest:
        documents = Documents(cast("Records", course.over(self.records)))
        blobs = cast("Blobs", course.over(self.blobs))
        return Ingest(documents, blobs, HttpsFetcher(self.settings), self.settings)

    def pipeline_along(self, course: Course) -> PromptRunPipeline:
        return PromptRunPipeline(
            Documents(cast("Records", course.over(self.records))),
            cast("Blobs", course.over(self.blobs)),
            cast("SearchIndex", course.over(self.search_index)),
            self.models.pack(),
            resolve,
        )

    def delete(self, index_id: str, media: Media | None) -> None:
        """The medium, or else the whole index; and one look at what can be removed at once."""
        if media is not None:
            self.deletions.delete_media(ANNA, media.media_id)
        else:
            self.deletions.delete_index(ANNA, index_id)
        self.deletion_work.step(self.jobs.requests[-1], never)

    def delete_to_the_end(self) -> None:
        request = self.jobs.requests[-1]
        for _ in range(3):
            if self.deletion_work.step(request, never):
                return
        raise AssertionError("it waits for work that has ended")

    def assert_nothing_is_left(self, index_id: str, *, but_index: bool) -> None:
        """Beside what says that there was a deletion, a run, an import."""
        histories = ("#deletions", "#import-", "#runs", "#removed-media", "#prompts", "#prompt-runs", "jobs")
        allowed = {keys.index("anna", index_id).partition, keys.index_run("anna", index_id).partition}
        allowed = allowed if but_index else set()
        left = [
            f"{record.key.partition} / {record.key.sort}"
            for record in self.every_record()
            if not any(history in record.key.partition for history in histories)
            and record.key.partition not in allowed
        ]
        assert left == []
        assert self.blob_keys() == set()
        assert self.search_index.counts().documents == 0


@pytest.fixture
def open_world(tmp_path: Path) -> Callable[[], World]:
    """A new one at each call."""
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


def acted(work: Callable[[Course], object], act: Callable[[], object], at: int, spared: int | None) -> bool:
    """Do ``work`` with ``act`` before its write ``at``; killed ``spared`` writes later it is done again.
    Whether it had that many writes."""
    course = Course(act, at, None if spared is None else at + spared)
    try:
        work(course)
    except Killed:
        work(Course(never, -1, None))
    return course.acted


@pytest.mark.parametrize("spared", SPARED)
def test_an_index_goes_while_an_import_arrives(
    open_world: Callable[[], World], picture: Path, spared: int | None
) -> None:
    for at in count():
        world = open_world()
        index_id = world.new_index()
        world.upload(picture, index_id)
        request = world.jobs.requests[-1]

        def work(course: Course, world: World = world, request: JobRequest = request) -> None:
            world.ingest_along(course).run(request, never)

        def delete(world: World = world, index_id: str = index_id) -> None:
            world.delete(index_id, None)

        if not acted(work, delete, at, spared):
            break
        assert world.deletions.index_deletion(ANNA, index_id).status is DeletionStatus.DELETED
        world.assert_nothing_is_left(index_id, but_index=False)
    assert at > 5


@pytest.mark.parametrize("whole_index", [False, True])
@pytest.mark.parametrize("spared", SPARED)
def test_a_medium_goes_while_a_run_is_at_work(
    open_world: Callable[[], World], film: Path, spared: int | None, whole_index: bool
) -> None:
    for at in count():
        world = open_world()
        index_id = world.new_index()
        media = world.add(film, index_id=index_id)
        run = world.execute([media], world.new_prompt(), FIXED_2)
        if not worked(world, world.job(run.run_id), index_id, None if whole_index else media, at, spared):
            break
        world.delete_to_the_end()
        world.assert_nothing_is_left(index_id, but_index=not whole_index)
        assert world.runs.get(ANNA, run.run_id).status.is_terminal
    assert at > 10


@pytest.mark.parametrize("spared", SPARED)
def test_a_medium_goes_while_a_segment_is_done_again(
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
        if not worked(world, world.job("rty_1"), index_id, media, at, spared):
            break
        world.delete_to_the_end()
        world.assert_nothing_is_left(index_id, but_index=True)
    assert at > 5


def worked(
    world: World, job: JobRequest, index_id: str, target: Media | None, at: int, spared: int | None
) -> bool:
    return acted(
        lambda course: world.pipeline_along(course).run(job, never),
        lambda: world.delete(index_id, target),
        at,
        spared,
    )
