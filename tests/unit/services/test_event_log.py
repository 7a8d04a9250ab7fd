"""The event log after imports, runs, retries and deletions: each change is told once, by a valid payload.

The worker runs to its end, or it is killed before any of its writes and run again, or a second worker does
all of its work before any of its writes.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import count, pairwise
from pathlib import Path
from typing import Final, cast

import pytest
from PIL import Image

from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.domain import keys
from shared.domain.events.catalogue import CATALOGUE
from shared.domain.events.event import Event
from shared.domain.events.progress import PROGRESS_INTERVAL
from shared.domain.events.types import EventType
from shared.domain.imports.import_job import ImportJob
from shared.domain.job import Workflow
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.models import Extraction, ExtractionRequest
from shared.ports.records import Records
from shared.ports.search_index import SearchIndex
from shared.services.deletion.work import DeletionWork
from shared.services.imports.ingest.ingest import Ingest
from shared.services.records.documents import Documents
from shared.services.runs.pipeline.run import PromptRunPipeline
from shared.settings import Settings
from tests.unit.media.samples import make_video
from tests.unit.services.course import Course, Killed
from tests.unit.services.run_world import RunWorld, resolve
from tests.unit.services.small_models import Extractor
from tests.unit.services.storage import ANNA, connections_over, never

OF_OTHER_FEATURES: Final = ("connector.", "export.", "search.", "webhook.")
PROGRESS: Final = frozenset({EventType.IMPORT_JOB_PROGRESS, EventType.PROMPT_RUN_PROGRESS})


@pytest.fixture
def open_world(tmp_path: Path) -> Callable[[], RunWorld]:
    """Make a new world at each call."""
    opened: list[RunWorld] = []

    def make() -> RunWorld:
        folder = tmp_path / str(len(opened))
        opened.append(RunWorld(folder, Settings(data_folder=folder, max_part_seconds=4.0)))
        return opened[-1]

    return make


@pytest.fixture
def world(open_world: Callable[[], RunWorld]) -> RunWorld:
    return open_world()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of eight seconds: two parts, of two segments each."""
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=8.0)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("media")
    paths = [folder / "red.png", folder / "blue.png"]
    for path in paths:
        Image.new("RGB", (64, 48), path.stem).save(path)
    return paths


def events_of(world: RunWorld) -> list[Event]:
    return world.documents.every(Event, keys.event("anna"))


def told(world: RunWorld) -> Counter[str]:
    """Count the events by type, without progress, whose number depends on the time that the work takes."""
    return Counter(event.event_type.value for event in events_of(world) if event.event_type not in PROGRESS)


def assert_valid(events: list[Event]) -> None:
    """Check each payload against its model, and each event against its payload."""
    models = {kind.event_type: kind.payload for kind in CATALOGUE}
    for event in events:
        model = models[event.event_type]
        assert set(event.payload) == set(model.model_fields), event.event_type
        model.model_validate(event.payload)
        for name in ("index_id", "video_id", "run_id", "segment_id"):
            if name in event.payload:
                assert getattr(event, name) == event.payload[name], (event.event_type, name)
        assert (event.tenant_id, event.user_id) == (ANNA.tenant_id, ANNA.user_id)


def assert_thinned(events: list[Event]) -> None:
    """Check that no subject has two progress events within a second."""
    times: dict[str, list[datetime]] = {}
    for event in events:
        if event.event_type in PROGRESS:
            subject = event.payload.get("run_id") or event.payload["job_id"]
            times.setdefault(subject, []).append(datetime.fromisoformat(event.created_at))
    assert times
    for moments in times.values():
        assert all(later - earlier >= PROGRESS_INTERVAL for earlier, later in pairwise(sorted(moments)))


def retry(world: RunWorld, run: PromptRun, media: Media, retry_id: str) -> None:
    [result, *_] = world.results(run, media)
    world.retries.start(ANNA, run.run_id, media.media_id, result.segment_id, retry_id=retry_id)
    world.work(retry_id)


def import_into_vanishing_index(world: RunWorld, film: Path) -> None:
    """Import two parts. The index is deleted after the first one."""
    index_id = world.new_index(name="vanishing")
    world.upload(film, index_id)
    request = world.jobs.requests[-1]

    def delete_after_first_part() -> bool:
        partition = keys.index_media("anna", index_id)
        if (
            world.documents.sort_keys(partition, limit=1).items
            and not world.documents.sort_keys(keys.deletion("anna", index_id), limit=1).items
        ):
            world.deletions.delete_index(ANNA, index_id)
        return False

    world.ingest.run(request, delete_after_first_part)


class DeletingExtractor(Extractor):
    """Has the medium erased by a deletion that waits no longer, in the middle of an extraction."""

    def __init__(self, world: RunWorld, media: Media) -> None:
        super().__init__()
        self._world = world
        self._media_id = media.media_id

    def extract(self, request: ExtractionRequest) -> Extraction:
        deletion = self._world.deletions.delete_media(ANNA, self._media_id)
        assert self._world.deletion_work._delete_idle_media(deletion, never, overdue=True)
        return super().extract(request)


@pytest.mark.slow
def test_medium_erased_during_extraction_leaves_no_event(world: RunWorld, pictures: list[Path]) -> None:
    media = world.add(pictures[0], index_id=world.new_index())
    run = world.execute([media])
    world.models.extractor = DeletingExtractor(world, media)
    world.work(run.run_id)
    naming = [event for event in events_of(world) if event.video_id == media.media_id]
    assert {event.event_type for event in naming} == {
        EventType.DELETION_STARTED,
        EventType.DELETION_COMPLETED,
    }


def pending_import(world: RunWorld, pictures: list[Path]) -> str:
    return world.upload(pictures[0], world.new_index()).job_id


def pending_run(world: RunWorld, pictures: list[Path]) -> str:
    index_id = world.new_index()
    return world.execute([world.add(picture, index_id=index_id) for picture in pictures]).run_id


def pending_retry(world: RunWorld, pictures: list[Path]) -> str:
    world.models.extractor.broken_at = {0.0}
    media = world.add(pictures[0], index_id=world.new_index())
    run = world.run_now([media])
    world.models.extractor.broken_at = set()
    [result, *_] = world.results(run, media)
    world.retries.start(ANNA, run.run_id, media.media_id, result.segment_id, retry_id="rty_1")
    return "rty_1"


def pending_deletion(world: RunWorld, pictures: list[Path]) -> str:
    index_id = world.new_index()
    world.run_now([world.add(picture, index_id=index_id) for picture in pictures])
    return world.deletions.delete_index(ANNA, index_id).deletion_id


@pytest.mark.slow
def test_each_event_occurs_as_often_as_its_change(world: RunWorld, film: Path, tmp_path: Path) -> None:
    index_id = world.new_index()
    first, second = world.import_now(film, index_id)
    assert told(world) == Counter({"import_job.started": 1, "media.created": 2, "import_job.completed": 1})
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    world.import_now(broken, index_id)
    import_into_vanishing_index(world, film)

    run_to_each_end(world, first, second)
    before_deletion = events_of(world)
    world.deletions.delete_media(ANNA, first.media_id)
    world.deletion_work.run(world.jobs.requests[-1], never)
    events = {event.event_id: event for event in (*before_deletion, *events_of(world))}.values()
    assert_valid(list(events))
    assert_thinned(before_deletion)
    every = Counter(event.event_type.value for event in events)
    assert {name: number for name, number in every.items() if name not in PROGRESS} == {
        "import_job.started": 3,
        "import_job.completed": 1,
        "import_job.failed": 1,
        "import_job.partial_completed": 1,
        "media.created": 3,
        "prompt_run.started": 4,
        "prompt_run.completed": 1,
        "prompt_run.failed": 1,
        "prompt_run.partial_completed": 1,
        "prompt_run.cancelled": 1,
        "media.processing.started": 4,
        "media.processing.completed": 2,
        "media.processing.failed": 1,
        "media.updated": 2,
        "segment.processed": 6,
        "segment.retried": 1,
        "deletion.started": 2,
        "deletion.completed": 1,
    }
    ours = {kind.event_type.value for kind in CATALOGUE if not kind.event_type.startswith(OF_OTHER_FEATURES)}
    assert set(every) == ours


def run_to_each_end(world: RunWorld, first: Media, second: Media) -> None:
    """Make runs that complete, complete in part, fail and are cancelled, and retry a segment."""
    assert world.run_now([first]).status is RunStatus.COMPLETED
    world.models.extractor.broken_at = {0.0}
    partial = world.execute([first])
    stop_when(world, partial, lambda: bool(world.results(partial, first)))
    world.work(partial.run_id)
    assert world.runs.get(ANNA, partial.run_id).status is RunStatus.COMPLETED_WITH_FAILURES
    world.models.extractor.broken_at = {0.0, 2.0}
    failed = world.run_now([first])
    assert failed.status is RunStatus.FAILED
    world.models.extractor.broken_at = set()
    retry(world, failed, first, "rty_1")
    cancelled = world.execute([second])
    stop_when(world, cancelled, lambda: world.medium_state(cancelled, second).status is RunStatus.PROCESSING)
    world.runs.cancel(ANNA, cancelled.run_id)
    world.work(cancelled.run_id)
    assert world.runs.get(ANNA, cancelled.run_id).status is RunStatus.CANCELLED


def stop_when(world: RunWorld, run: PromptRun, reached: Callable[[], bool]) -> None:
    """Let a worker stop once it has reached a state, as that of a server that shuts down."""
    with pytest.raises(Interrupted):
        world.work(run.run_id, reached)


def ends_of(world: RunWorld) -> list[tuple[object, ...]]:
    """Return how imports and runs ended: a late worker changes neither."""
    jobs = world.documents.every(ImportJob, keys.import_job("anna"))
    runs = world.documents.every(PromptRun, keys.prompt_run("anna"))
    return [
        *((job.status, job.phase, job.progress) for job in jobs),
        *((run.status, run.media_counts, run.completed_segments) for run in runs),
    ]


def works_of(world: RunWorld, job_id: str) -> Callable[[Course], object]:
    """Return the work of a job by a worker whose writes a ``Course`` counts."""
    job = world.job(job_id)

    def work(course: Course) -> None:
        documents = Documents(cast("Records", course.over(world.records)))
        blobs = cast("Blobs", course.over(world.blobs))
        if job.workflow is Workflow.INGEST:
            connections = connections_over(documents, world.settings)
            ingest = Ingest(documents, blobs, HttpsFetcher(world.settings), connections, world.settings)
            ingest.run(job, never)
            return
        search_index = cast("SearchIndex", course.over(world.search_index))
        if job.workflow is Workflow.DELETION:
            DeletionWork(documents, blobs, search_index).run(job, never)
            return
        PromptRunPipeline(documents, blobs, search_index, world.models.pack(), resolve).run(job, never)

    return work


def work_with_accident(work: Callable[[Course], object], at: int, accident: str) -> bool:
    """Do ``work``. Before its write ``at`` the worker dies and another one starts, or another one does all of
    the work. Return whether there was such a write."""
    undisturbed = Course(never, -1, None)
    if accident == "killed":
        course = Course(never, at, at)
        try:
            work(course)
        except Killed:
            work(undisturbed)
    else:
        course = Course(lambda: work(undisturbed), at, None)
        with suppress(FileNotFoundError):  # the other worker has deleted the source file
            work(course)
    return course.acted


@pytest.mark.slow
@pytest.mark.parametrize("accident", ["killed", "overtaken"])
@pytest.mark.parametrize("prepare", [pending_import, pending_run, pending_retry, pending_deletion])
def test_worker_that_is_killed_or_overtaken_tells_everything_once(
    open_world: Callable[[], RunWorld],
    prepare: Callable[[RunWorld, list[Path]], str],
    pictures: list[Path],
    accident: str,
) -> None:
    undisturbed = open_world()
    works_of(undisturbed, prepare(undisturbed, pictures))(Course(never, -1, None))
    for at in count():
        world = open_world()
        if not work_with_accident(works_of(world, prepare(world, pictures)), at, accident):
            break
        assert told(world) == told(undisturbed), f"before write {at}"
        assert ends_of(world) == ends_of(undisturbed), f"before write {at}"
    assert at > 5
