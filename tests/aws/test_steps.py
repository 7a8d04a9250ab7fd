"""Steps, events and jobs of the AWS runtime, over emulated DynamoDB, S3 and Step Functions."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pytest

from shared.domain import blob_keys, keys
from shared.domain.access import Scope
from shared.domain.clock import isoformat, now
from shared.domain.imports.import_job import ImportJob, ImportStatus
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Index, Media, MediaType
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunOptions, RunStatus
from shared.domain.runs.targets import MediaTarget
from shared.ports.jobs import Progression, WatchedJobs
from shared.ports.records import Delete
from shared.services.records.documents import put
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.harness import ANNA, SEED, Context, Harness, open_harness, upload_in_parts
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import add_prompt, keep_media

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def harness(emulator: Emulator) -> Iterator[Harness]:
    _forget_handlers()
    with patch.dict("os.environ"):
        made, _ = open_harness(emulator, stores.create_table(), stores.create_bucket())
        yield made
    _forget_handlers()


def _forget_handlers() -> None:
    """Unload the handlers: each creates its runtime from the environment at import."""
    for name in [n for n in sys.modules if n.startswith(("functions.pipeline", "functions.events"))]:
        del sys.modules[name]


def job_of(run: PromptRun, **more: Any) -> dict[str, Any]:
    arguments = {"tenant_id": run.tenant_id, "run_id": run.run_id}
    job = {"job_id": run.run_id, "workflow": "prompt_run", "arguments": arguments, "request_id": "req_1"}
    return job | more


def start_run(harness: Harness, media: int, run_id: str) -> PromptRun:
    documents = harness.runtime.documents
    ids = []
    for number in range(media):
        medium = _medium(f"vid_{run_id}{number}")
        keep_media(documents, medium)
        ids.append(medium.media_id)
    prompt = add_prompt(documents, ANNA)
    target = MediaTarget.of(ids)
    return harness.runtime.runs.prompt_runs.execute(ANNA, prompt.prompt_id, target, RunOptions(), run_id)


def _medium(media_id: str) -> Media:
    return Media(
        media_id=media_id,
        tenant_id="anna",
        user_id="usr_anna",
        index_id=None,
        title="t",
        file_name="t.mp4",
        media_type=MediaType.VIDEO,
        content_hash=media_id,
        playback_key=f"media/anna/{media_id}/a.mp4",
        playback_type="video/mp4",
        duration_seconds=3600.0,
        created_at="2026-01-01T00:00:00.000Z",
        updated_at="2026-01-01T00:00:00.000Z",
    )


def test_job_starts_once_and_passes_ids_only(harness: Harness) -> None:
    run = start_run(harness, 1, "run_once")
    harness.runtime.runs.prompt_runs.execute(ANNA, run.prompt_id, run.target, RunOptions(), run.run_id)
    [execution] = [
        e for e in harness.executions(Workflow.PROMPT_RUN) if json.loads(e["input"])["job_id"] == run.run_id
    ]
    assert json.loads(execution["input"])["arguments"] == {"tenant_id": "anna", "run_id": run.run_id}
    assert execution["name"].startswith(f"{run.run_id}-")
    request = harness.runtime.documents.get(JobRequest, keys.job(run.run_id))
    assert request is not None
    jobs = cast("WatchedJobs", harness.runtime.ports.jobs)
    assert jobs.progression(request) is Progression.UNDER_WAY
    assert jobs.progression(request.model_copy(update={"attempts": 7})) is Progression.UNKNOWN


def test_cancelled_run_with_failed_shard_is_finished(harness: Harness) -> None:
    run = start_run(harness, 3, "run_steps")
    shards = harness.call("pipeline.plan", job_of(run))["shards"]
    assert shards == [{"shard": n, "shards": 3} for n in range(3)]
    assert harness.call("pipeline.begin_shard", job_of(run, **shards[0])) == {"proceed": True}
    error = {"Error": "Batch.Failed", "Cause": "Essential container in task exited"}
    assert harness.call("pipeline.shard_failed", job_of(run, **shards[0], error=error)) == {"failed": 1}
    harness.runtime.runs.prompt_runs.cancel(ANNA, run.run_id)
    assert harness.call("pipeline.begin_shard", job_of(run, **shards[1])) == {"proceed": False}
    assert harness.call("pipeline.finish", job_of(run)) == {"status": "cancelled"}
    assert harness.call("pipeline.complete", job_of(run)) == {}
    assert harness.runtime.documents.get(JobRequest, keys.job(run.run_id)) is None
    states = harness.runtime.documents.every(MediumState, keys.medium_state("anna", run.run_id))
    assert [state.failure_code for state in sorted(states, key=lambda state: state.ordinal)] == [
        "worker_failed",
        None,
        None,
    ]
    assert [state.status for state in states].count(RunStatus.CANCELLED) == 2


@pytest.mark.parametrize(("left", "has_table"), [(900_000, True), (100_000, False)])
def test_run_ends_without_table_if_time_is_short(harness: Harness, left: int, has_table: bool) -> None:
    run = start_run(harness, 1, f"run_table_{has_table}".lower())
    harness.call("pipeline.plan", job_of(run))
    assert harness.call("pipeline.finish", job_of(run), Context(left=left)) == {"status": "failed"}
    table = harness.runtime.ports.blobs.stat(blob_keys.run_table("anna", run.run_id))
    assert (table is not None) is has_table


def test_abandoned_run_ends_with_error_code(harness: Harness) -> None:
    run = start_run(harness, 1, "run_lost")
    answer = harness.call("pipeline.give_up", job_of(run, error={"Error": "States.Timeout"}))
    assert answer["error"] == "worker_timed_out"
    stored = harness.runtime.runs.prompt_runs.get(ANNA, run.run_id)
    assert stored.status is RunStatus.FAILED
    assert stored.error_message == answer["cause"]
    assert harness.runtime.documents.get(JobRequest, keys.job(run.run_id)) is None


def test_upload_session_is_imported_by_worker(harness: Harness, tmp_path: Path) -> None:
    film = make_video(tmp_path / "film.mp4", seconds=2.0)
    job = upload_in_parts(harness.runtime, film)
    source = f"imports/anna/{job.job_id}/fil_{SEED}/source"
    announced = harness.call("events.uploads", _sqs(_created(source, film.stat().st_size)))
    assert announced == {"batchItemFailures": []}
    assert set(harness.imports()) >= {job.job_id}
    done = harness.worker("ingest", "--tenant", "anna", "--import-job", job.job_id, "--request-id", "req_9")
    assert done.returncode == 0, done.stderr
    assert '"correlation_id":"req_9"' in done.stderr
    ended = harness.runtime.imports.views.view(ANNA, job.job_id)
    assert ended.job.status is ImportStatus.COMPLETED
    assert harness.runtime.search.spaces.known() is not None
    assert not list(harness.runtime.ports.blobs.keys(f"imports/anna/{job.job_id}"))


def test_dropped_file_is_imported_once_and_removed(harness: Harness) -> None:
    s3, bucket = stores.client_of("s3"), harness.runtime.settings.media_bucket
    index = Index(index_id="idx_1", tenant_id="anna", user_id="u", name="n", created_at="2026")
    harness.runtime.documents.write(put(keys.index("anna", "idx_1"), index))
    harness.runtime.access.api_keys.create("bert", "usr_bert", "key", [Scope.READ])
    names = ["drop/anna/idx_1/My film, cut 2.mp4", "drop/bert/playground/a.mp4"]
    refused = ["drop/nobody/playground/a.mp4", "drop/anna/idx_gone/a.mp4", "drop/anna/a.mp4"]
    events = []
    for name in names + refused:
        etag = s3.put_object(Bucket=bucket, Key=name, Body=b"bytes")["ETag"].strip('"')
        events.append(_created(name, 5, etag))
    before = len(harness.imports())
    for _ in range(2):  # announced at least once
        assert harness.call("events.uploads", _sqs(*events)) == {"batchItemFailures": []}
    assert len(set(harness.imports()[before:])) == len(names)
    left = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix="drop/")["Contents"]]
    assert left == sorted(refused)
    tags = [s3.get_object_tagging(Bucket=bucket, Key=name)["TagSet"] for name in refused]
    assert [tag[0]["Value"] for tag in tags] == ["no_such_tenant", "no_such_index", "bad_name"]
    jobs = harness.runtime.documents.every(ImportJob, keys.import_job("anna"))
    assert [job.title for job in jobs if job.index_id == "idx_1"] == ["My film, cut 2"]


def test_bad_message_does_not_fail_rest_of_batch(harness: Harness) -> None:
    s3, bucket = stores.client_of("s3"), harness.runtime.settings.media_bucket
    etag = s3.put_object(Bucket=bucket, Key="drop/anna/idx_1/b.mp4", Body=b"bytes")["ETag"].strip('"')
    batch = _sqs({"nothing": "of ours"}, _created("drop/anna/idx_1/b.mp4", 5, etag))
    assert harness.call("events.uploads", batch) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="drop/anna/idx_1/b.mp4")


def test_deletion_continues_until_everything_is_gone(harness: Harness) -> None:
    harness.runtime.documents.write(Delete(keys.search_spaces()))  # no search service runs here
    keep_media(harness.runtime.documents, _medium("vid_doomed"))
    deletion = harness.runtime.deletion.requests.delete_media(ANNA, "vid_doomed")
    arguments = {"tenant_id": "anna", "target_id": "vid_doomed"}
    job = {"job_id": deletion.deletion_id, "workflow": "deletion", "arguments": arguments}
    assert harness.call("pipeline.deletion", job, Context(left=1000)) == {"done": False}
    assert harness.call("pipeline.deletion", job) == {"done": True}
    assert harness.runtime.documents.get(Media, keys.media("anna", "vid_doomed")) is None
    assert harness.call("pipeline.deletion", job) == {"done": True}


def test_sweep_submits_job_that_never_started(harness: Harness) -> None:
    request = JobRequest(
        job_id="imp_forgotten",
        workflow=Workflow.INGEST,
        arguments={"tenant_id": "anna", "import_job_id": "imp_forgotten"},
        requested_at=isoformat(now() - timedelta(minutes=9)),
    )
    harness.runtime.documents.write(put(keys.job(request.job_id), request))
    harness.imports()
    swept = harness.call("events.job_sweeper", {})
    assert swept["submitted"] >= 1
    assert harness.call("events.job_sweeper", {})["submitted"] == 0
    assert harness.imports().count("imp_forgotten") == 1


def test_listing_without_time_left_goes_on_in_another_call(harness: Harness) -> None:
    request = JobRequest(
        job_id="imp_long_0_listing",
        workflow=Workflow.IMPORT_LISTING,
        arguments={"tenant_id": "anna", "import_job_id": "imp_long"},
        requested_at=isoformat(now()),
    )
    harness.runtime.documents.write(put(keys.job(request.job_id), request))
    event = {"Records": [{"messageId": "1", "body": request.job_id}]}
    harness.call("events.import_listing", event, Context(left=60_000))
    queue = harness.variables["VIDEOVECTOR_SERVER_IMPORT_LISTINGS_QUEUE"]
    [message] = stores.client_of("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == request.job_id
    harness.call("events.import_listing", event, Context(left=120_000))
    assert harness.runtime.documents.get(JobRequest, keys.job(request.job_id)) is None


def test_import_workers_are_planned_for_waiting_batches(harness: Harness) -> None:
    job = {"job_id": "workers-1", "workflow": "ingest", "arguments": {}}
    assert harness.call("pipeline.import_workers", job) == {"workers": [{"place": 0}]}
    assert harness.call("pipeline.import_workers", job) == {"workers": [{"place": 0}]}
    assert harness.call("pipeline.import_workers", {**job, "job_id": "workers-2"})["workers"] in (
        [],
        [{"place": 1}],
    )


def _created(key: str, size: int, etag: str = "e") -> dict[str, Any]:
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": "2026-01-01T00:00:00Z",
        "detail": {"bucket": {"name": "b"}, "object": {"key": key, "size": size, "etag": etag}},
    }


def _sqs(*events: dict[str, Any]) -> dict[str, Any]:
    records = [
        {"messageId": str(number), "body": json.dumps(event), "eventSource": "aws:sqs"}
        for number, event in enumerate(events)
    ]
    return {"Records": records}
