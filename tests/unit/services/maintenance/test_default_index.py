"""Making of the default index: it resumes anywhere, and makes everything once."""

import errno
import shutil
from pathlib import Path

import pytest
from ulid import ULID

from shared.adapters.local.jobs import LocalJobs
from shared.domain import default_index, keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import NotPermitted, Unavailable
from shared.domain.imports.import_job import ImportJob, ImportStatus
from shared.domain.job import JobRequest
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.ports.records import Delete, Write
from shared.runtime import Runtime
from shared.runtime.default_index import DefaultIndexMaking, default_index_maker
from shared.services.maintenance.default_index import MakingStage
from shared.settings import Settings
from tests.unit.media.samples import make_video
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime
from tests.unit.services.storage import UploadedFile
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

OWNER = Caller(tenant_id=default_index.TENANT, user_id="system", scopes=frozenset({Scope.ADMIN}))
ANNA = Caller(tenant_id="anna", user_id="usr_anna", scopes=frozenset({Scope.ADMIN}))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("sample") / "sample.mp4", seconds=2.0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data")


@pytest.fixture
def runtime(settings: Settings) -> Runtime:
    return small_runtime(settings, SmallModels())


def work_off(runtime: Runtime, *, fail: bool = False) -> None:
    """Run the queued jobs, or give them up."""
    for record in runtime.ports.records.query(keys.job().partition, limit=100).records:
        job = JobRequest.model_validate(record.body)
        imports = job.workflow == "ingest"
        if fail:
            give_up = runtime.imports.cleanup.give_up if imports else runtime.runs.coordinator.give_up
            give_up(job, Unavailable("The disk is full."))
        else:
            (runtime.imports.ingest.run if imports else runtime.runs.pipeline.run)(job, lambda: False)
        runtime.ports.records.write(Delete(record.key))


def make(runtime: Runtime, sample: Path) -> MakingStage:
    """Make the index with one maker, as far as it comes."""
    maker = default_index_maker(runtime)
    while (stage := maker.advance(sample)) in (MakingStage.IMPORTING, MakingStage.PROCESSING):
        work_off(runtime)
    return stage


def contents(runtime: Runtime) -> tuple[list[str], list[str], list[str]]:
    """Return the ids of the reserved tenant's indexes, of their media, and of its runs with results."""
    indexes = runtime.library.indexes.list(OWNER)
    page = runtime.library.media.page(OWNER, default_index.INDEX_ID, limit=10, after=None)
    runs = runtime.runs.prompt_runs.latest(OWNER, 10)
    done = [run.run_id for run in runs if run.status is RunStatus.COMPLETED]
    return [index.index_id for index in indexes], [line.media.media_id for line in page.items], done


FIRST = default_index.seed(1)
MEDIUM = default_index.media_id(f"imp_{FIRST}", 0)


def test_index_has_sample_with_results(runtime: Runtime, sample: Path) -> None:
    assert make(runtime, sample) is MakingStage.DONE
    assert contents(runtime) == ([default_index.INDEX_ID], [MEDIUM], [f"run_{FIRST}"])
    assert not list(runtime.ports.blobs.keys("imports/"))
    everything = [default_index.INDEX_ID, MEDIUM, f"run_{FIRST}"]
    segments = runtime.library.segments.page(OWNER, MEDIUM, limit=10).views.items
    everything += [view.segment.segment_id for view in segments]
    assert segments
    assert all(default_index.contains(identifier) for identifier in everything)


def test_every_step_resumes_with_another_maker(runtime: Runtime, sample: Path) -> None:
    for expected in (MakingStage.IMPORTING, MakingStage.PROCESSING):
        assert default_index_maker(runtime).advance(sample) is expected
        assert default_index_maker(runtime).advance(sample) is expected
        assert not default_index_maker(runtime).is_made()
        work_off(runtime)
    assert default_index_maker(runtime).is_made()
    assert default_index_maker(runtime).advance(sample) is MakingStage.DONE
    assert contents(runtime) == ([default_index.INDEX_ID], [MEDIUM], [f"run_{FIRST}"])


class Killed(Exception):
    """The process has died: no further write of it arrives."""


@pytest.mark.parametrize("writes", range(4))
def test_maker_killed_before_any_write_resumes(
    runtime: Runtime, sample: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    left, real = writes, runtime.ports.records.write

    def write(*changes: Write) -> None:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        real(*changes)

    with monkeypatch.context() as patched:
        patched.setattr(runtime.ports.records, "write", write)
        maker, killed = default_index_maker(runtime), False
        try:
            maker.advance(sample)
        except Killed:
            killed = True
        assert killed is (writes < 2)  # the index, and the import
    runtime.imports.leftovers.remove()
    assert make(runtime, sample) is MakingStage.DONE
    assert contents(runtime) == ([default_index.INDEX_ID], [MEDIUM], [f"run_{FIRST}"])


def test_full_disk_is_no_unreadable_sample(settings: Settings, sample: Path) -> None:
    runtime = small_runtime(settings.model_copy(update={"disk_reserve_bytes": 2**62}), SmallModels())
    with pytest.raises(Unavailable, match="cannot be stored: No space left"):
        default_index_maker(runtime).advance(sample)
    with pytest.raises(FileNotFoundError):
        default_index_maker(runtime).advance(sample.with_name("missing.mp4"))


def test_failed_import_is_repeated_at_next_start_only(runtime: Runtime, sample: Path) -> None:
    maker = default_index_maker(runtime)
    maker.advance(sample)
    work_off(runtime, fail=True)
    failed = runtime.documents.get(ImportJob, keys.import_job(default_index.TENANT, f"imp_{FIRST}"))
    assert failed is not None
    assert failed.status is ImportStatus.FAILED
    assert [maker.advance(sample) for _ in range(2)] == [MakingStage.FAILED] * 2
    assert make(runtime, sample) is MakingStage.DONE
    second = default_index.media_id(f"imp_{default_index.seed(2)}", 0)
    assert contents(runtime) == ([default_index.INDEX_ID], [second], [f"run_{FIRST}"])


def test_failed_run_is_repeated_without_another_import(runtime: Runtime, sample: Path) -> None:
    maker = default_index_maker(runtime)
    maker.advance(sample)
    work_off(runtime)
    maker.advance(sample)
    work_off(runtime, fail=True)
    assert maker.advance(sample) is MakingStage.FAILED
    assert not maker.is_made()
    assert make(runtime, sample) is MakingStage.DONE
    assert default_index_maker(runtime).is_made()
    assert contents(runtime) == ([default_index.INDEX_ID], [MEDIUM], [f"run_{default_index.seed(2)}"])


def test_run_with_failures_is_listed_and_repeated_at_next_start(settings: Settings, sample: Path) -> None:
    models = SmallModels()
    runtime = small_runtime(settings, models)
    models.transcriber.error = OSError(errno.ENOSPC, "No space left on device")
    assert make(runtime, sample) is MakingStage.DONE
    maker = default_index_maker(runtime)
    assert (maker.is_made(), maker.is_complete()) == (True, False)
    models.transcriber.error = None
    assert make(runtime, sample) is MakingStage.DONE
    assert default_index_maker(runtime).is_complete()
    latest = runtime.library.segments.page(OWNER, MEDIUM, limit=10, latest_run=True)
    assert latest.run_id == f"run_{default_index.seed(2)}"
    making = DefaultIndexMaking(runtime)
    making.open_if_made()
    making.start(sample)
    making.stop(HANG_TIMEOUT)
    assert len(runtime.runs.prompt_runs.latest(OWNER, 10)) == 2


def test_built_in_extractor_runs_even_with_language_model(settings: Settings, sample: Path) -> None:
    endpoint = {"llm_base_url": "http://localhost:1/v1", "llm_model": "paid"}
    runtime = small_runtime(settings.model_copy(update=endpoint), SmallModels())
    assert make(runtime, sample) is MakingStage.DONE
    run = runtime.documents.get(PromptRun, keys.prompt_run(default_index.TENANT, f"run_{FIRST}"))
    assert run is not None
    assert run.options.processing_model == "builtin"


def test_thread_opens_index_once_its_run_has_ended(runtime: Runtime, sample: Path) -> None:
    making, access = DefaultIndexMaking(runtime), runtime.access.default_index
    making.open_if_made()
    making.start(sample)
    for partition in ("import-jobs", "runs"):
        stored = f"tenant#{default_index.TENANT}#{partition}"
        wait_until(lambda stored=stored: runtime.ports.records.query(stored, limit=1).records)  # type: ignore[misc]
        assert not access.is_open
        work_off(runtime)
    wait_until(lambda: access.is_open)
    making.stop(HANG_TIMEOUT)
    second = small_runtime(runtime.settings, SmallModels())
    DefaultIndexMaking(second).open_if_made()
    assert second.access.default_index.is_open
    assert second.library.indexes.list_with_default(second.access.default_index.grant(ANNA))


def test_import_of_tenant_ends_before_import_of_default_index(
    runtime: Runtime, sample: Path, tmp_path: Path
) -> None:
    jobs = runtime.ports.jobs
    assert isinstance(jobs, LocalJobs)
    default_index_maker(runtime).advance(sample)
    file = UploadedFile(Path(shutil.copy(sample, tmp_path)), runtime.ports.blobs, "a.mp4", 1000)
    own = runtime.imports.intake.accept_upload(ANNA, file, title=None, index_id=None, seed=str(ULID()))
    jobs.start()
    assert jobs.wait_until_idle(HANG_TIMEOUT)
    assert jobs.stop(HANG_TIMEOUT)
    ended = []
    for tenant, job_id in (("anna", own.job_id), (default_index.TENANT, f"imp_{FIRST}")):
        job = runtime.documents.get(ImportJob, keys.import_job(tenant, job_id))
        assert job is not None
        assert job.status is ImportStatus.COMPLETED
        ended.append(job.completed_at or "")
    assert ended == sorted(ended)


def test_missing_sample_leaves_server_without_default_index(
    runtime: Runtime, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    making = DefaultIndexMaking(runtime)
    making.start(tmp_path / "absent.mp4")
    wait_until(lambda: "There is no default index" in caplog.text)
    making.stop(HANG_TIMEOUT)
    assert not runtime.access.default_index.is_open
    assert runtime.library.indexes.list(OWNER) == []


def test_only_permitted_caller_reads_default_index() -> None:
    reader = ANNA.model_copy(update={"reads_default_index": True})
    for identifier in (default_index.INDEX_ID, MEDIUM, f"seg_{MEDIUM[4:]}_c8856783_000000", f"run_{FIRST}"):
        assert reader.tenant_of(identifier) == default_index.TENANT
        assert ANNA.tenant_of(identifier) == ANNA.tenant_id
        ANNA.require_own(identifier)
        with pytest.raises(NotPermitted):
            reader.require_own("idx_1", None, identifier)
    for identifier in ("idx_01J9Z3W6E7N2Q4R6S8T0V2X4Z6", "idx_", "", default_index.TENANT):
        assert reader.tenant_of(identifier) == ANNA.tenant_id
    assert [caller.may_read(default_index.TENANT) for caller in (ANNA, reader)] == [False, True]
    assert not reader.may_read("bert")
