"""Concurrent requests of which only one, or a limited number, may succeed."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from ulid import ULID

from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict
from shared.domain.ids import segment_id
from shared.domain.imports.import_job import ImportJob, ImportStatus, SourceKind
from shared.domain.media import Media, MediaType, PlaygroundSize
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import PromptRun, RunOptions, RunStatus, SegmentResult
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.domain.runs.targets import MediaTarget
from shared.services.imports.ingest.cleanup import ImportCleanup
from shared.services.imports.intake import Imports
from shared.services.library.media_records import new_medium_writes
from shared.services.records.documents import Documents, put
from shared.services.runs.segment_retries import SegmentRetries
from shared.settings import Settings
from tests.contract.conftest import RecordStore, folder_blobs
from tests.unit.services.storage import ANNA, SubmittedJobs, connections_over

TENANT = ANNA.tenant_id
MEDIUM = "vid_01J00000000000000000000001"
RUN = "run_1"
SEGMENT = segment_id(MEDIUM, "fixed:1", 0)
CONCURRENCY = 12


@pytest.fixture
def connections(record_store: RecordStore) -> Iterator[list[Documents]]:
    """One connection per simulated process."""
    with ExitStack() as closing:
        opened = [record_store.open() for _ in range(CONCURRENCY)]
        for records in opened:
            closing.callback(records.close)
        yield [Documents(records) for records in opened]


def outcomes(connections: list[Documents], ask: Callable[[Documents], object]) -> Counter[str]:
    """Send a request over each connection concurrently, and count the outcomes."""
    ready = threading.Barrier(len(connections))

    def one(documents: Documents) -> str:
        ready.wait()
        try:
            ask(documents)
        except Conflict as refusal:
            return refusal.code
        return "granted"

    with ThreadPoolExecutor(len(connections)) as threads:
        return Counter(threads.map(one, connections))


def store_finished_run(documents: Documents) -> None:
    now = timestamp()
    media = Media(
        media_id=MEDIUM,
        tenant_id=TENANT,
        user_id=ANNA.user_id,
        index_id=None,
        title="t",
        file_name="t.mp4",
        media_type=MediaType.VIDEO,
        content_hash="ab",
        playback_key="media/anna/a/a.mp4",
        playback_type="video/mp4",
        duration_seconds=1.0,
        created_at=now,
        updated_at=now,
    )
    run = PromptRun(
        run_id=RUN,
        tenant_id=TENANT,
        user_id=ANNA.user_id,
        prompt_id="prm_1",
        prompt=PromptDefinition(name="p", prompt_text="t", json_schema={"type": "object"}),
        options=RunOptions(),
        target=MediaTarget.of([MEDIUM]),
        index_id=None,
        status=RunStatus.COMPLETED_WITH_FAILURES,
        executed_at=now,
    )
    result = SegmentResult(
        run_id=RUN,
        media_id=MEDIUM,
        segment_id=SEGMENT,
        prompt_id="prm_1",
        ordinal=0,
        start=0.0,
        end=1.0,
        completed_at=now,
        executed_at=now,
    )
    documents.write(
        *new_medium_writes(media),
        put(keys.prompt_run(TENANT, RUN), run),
        put(keys.segment_result(TENANT, RUN, MEDIUM, SEGMENT), result),
    )


def test_only_one_retry_of_segment_is_in_progress(connections: list[Documents]) -> None:
    store_finished_run(connections[0])

    def retry(documents: Documents) -> SegmentRetry:
        asked = SegmentRetries(documents, SubmittedJobs())
        return asked.start(ANNA, RUN, MEDIUM, SEGMENT, retry_id=f"rty_{ULID()}")

    assert outcomes(connections, retry) == {
        "granted": 1,
        "segment_retry_in_progress": CONCURRENCY - 1,
    }
    [under_way] = connections[0].every(SegmentRetry, keys.segment_retry(TENANT, RUN))
    ended = under_way.model_copy(update={"status": RetryStatus.FAILED})
    connections[0].write(put(keys.segment_retry(TENANT, RUN, under_way.retry_id), ended))
    assert outcomes(connections, retry) == {
        "granted": 1,
        "segment_retry_in_progress": CONCURRENCY - 1,
    }


def test_retry_requested_repeatedly_starts_once(connections: list[Documents]) -> None:
    store_finished_run(connections[0])

    def retry(documents: Documents) -> SegmentRetry:
        return SegmentRetries(documents, SubmittedJobs()).start(ANNA, RUN, MEDIUM, SEGMENT, retry_id="rty_1")

    assert outcomes(connections, retry) == {"granted": CONCURRENCY}
    assert len(connections[0].every(SegmentRetry, keys.segment_retry(TENANT, RUN))) == 1


def test_concurrent_imports_do_not_exceed_limit(connections: list[Documents], tmp_path: Path) -> None:
    settings = Settings(max_playground_media=5)
    blobs = folder_blobs(tmp_path)
    jobs = SubmittedJobs()

    def store(documents: Documents) -> None:
        reached = connections_over(documents, settings)
        imports = Imports(documents, blobs, jobs, HttpsFetcher(settings), reached, settings)
        imports.accept_stored(
            ANNA,
            source_key="imports/anna/x/y/source",
            file_name="film.mp4",
            size=1,
            title=None,
            index_id=None,
            kind=SourceKind.UPLOAD,
            seed=str(ULID()),
        )

    assert outcomes(connections, store) == {"granted": 5, "resource_quota_exceeded": CONCURRENCY - 5}
    size_key = keys.playground_size(TENANT)
    assert connections[0].get(PlaygroundSize, size_key) == PlaygroundSize(media=0, reserved=5)
    cleanup = ImportCleanup(connections[0], blobs)
    for request in list(jobs.requests):
        for _ in range(2):  # a crash repeats the call
            cleanup.give_up(request, RuntimeError("no room"))
        assert status_of(connections[0], request.job_id) is ImportStatus.FAILED
    assert connections[0].get(PlaygroundSize, size_key) == PlaygroundSize(media=0, reserved=0)
    assert outcomes(connections[:3], store) == {"granted": 3}


def status_of(documents: Documents, job_id: str) -> ImportStatus | None:
    job = documents.get(ImportJob, keys.import_job(TENANT, job_id))
    return job.status if job else None
