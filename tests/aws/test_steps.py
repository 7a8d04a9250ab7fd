"""Steps, events and jobs of the AWS runtime over real DynamoDB, S3 and Step Functions semantics."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pytest

from shared.domain import keys
from shared.domain.access import Scope
from shared.domain.clock import isoformat, now
from shared.domain.import_job import ImportJob, ImportStatus
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Index, Media, MediaType
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunOptions, RunStatus
from shared.domain.runs.targets import MediaTarget
from shared.ports.jobs import Progression, WatchedJobs
from shared.ports.records import Delete
from shared.services.records.documents import put
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.step_world import ANNA, SEED, Context, StepWorld, open_world, sent_in_parts
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import add_prompt, keep_media

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(emulator: Emulator) -> Iterator[StepWorld]:
    _forget_handlers()
    with patch.dict("os.environ"):
        made, _ = open_world(emulator, stores.create_table(), stores.create_bucket())
        yield made
    _forget_handlers()


def _forget_handlers() -> None:
    """Each makes its runtime from the environment when it is imported."""
    for name in [n for n in sys.modules if n.startswith(("functions.pipeline", "functions.events"))]:
        del sys.modules[name]


def job_of(run: PromptRun, **more: Any) -> dict[str, Any]:
    arguments = {"tenant_id": run.tenant_id, "run_id": run.run_id}
    job = {"job_id": run.run_id, "workflow": "prompt_run", "arguments": arguments, "request_id": "req_1"}
    return job | more


def a_run(world: StepWorld, media: int, run_id: str) -> PromptRun:
    documents = world.runtime.documents
    ids = []
    for number in range(media):
        medium = _medium(f"vid_{run_id}{number}")
        keep_media(documents, medium)
        ids.append(medium.media_id)
    prompt = add_prompt(documents, ANNA)
    target = MediaTarget.of(ids)
    return world.runtime.runs.prompt_runs.execute(ANNA, prompt.prompt_id, target, RunOptions(), run_id)


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


def test_a_job_starts_once_and_hands_on_ids_only(world: StepWorld) -> None:
    run = a_run(world, 1, "run_once")
    world.runtime.runs.prompt_runs.execute(ANNA, run.prompt_id, run.target, RunOptions(), run.run_id)
    [execution] = [
        e for e in world.executions(Workflow.PROMPT_RUN) if json.loads(e["input"])["job_id"] == run.run_id
    ]
    assert json.loads(execution["input"])["arguments"] == {"tenant_id": "anna", "run_id": run.run_id}
    assert execution["name"].startswith(f"{run.run_id}-")
    request = world.runtime.documents.get(JobRequest, keys.job(run.run_id))
    assert request is not None
    jobs = cast("WatchedJobs", world.runtime.ports.jobs)
    assert jobs.progression(request) is Progression.UNDER_WAY
    assert jobs.progression(request.model_copy(update={"attempts": 7})) is Progression.UNKNOWN


def test_a_run_is_planned_failed_in_part_and_settled(world: StepWorld) -> None:
    run = a_run(world, 3, "run_steps")
    shards = world.call("pipeline.plan", job_of(run))["shards"]
    assert shards == [{"shard": n, "shards": 3} for n in range(3)]
    assert world.call("pipeline.begin_shard", job_of(run, **shards[0])) == {"proceed": True}
    error = {"Error": "Batch.Failed", "Cause": "Essential container in task exited"}
    assert world.call("pipeline.shard_failed", job_of(run, **shards[0], error=error)) == {"failed": 1}
    world.runtime.runs.prompt_runs.cancel(ANNA, run.run_id)
    assert world.call("pipeline.begin_shard", job_of(run, **shards[1])) == {"proceed": False}
    assert world.call("pipeline.finish", job_of(run)) == {"status": "cancelled"}
    assert world.call("pipeline.complete", job_of(run)) == {}
    assert world.runtime.documents.get(JobRequest, keys.job(run.run_id)) is None
    states = world.runtime.documents.every(MediumState, keys.medium_state("anna", run.run_id))
    assert [state.failure_code for state in sorted(states, key=lambda state: state.ordinal)] == [
        "worker_failed",
        None,
        None,
    ]
    assert [state.status for state in states].count(RunStatus.CANCELLED) == 2


def test_a_run_that_fails_for_good_ends_by_name(world: StepWorld) -> None:
    run = a_run(world, 1, "run_lost")
    answer = world.call("pipeline.give_up", job_of(run, error={"Error": "States.Timeout"}))
    assert answer["error"] == "worker_timed_out"
    stored = world.runtime.runs.prompt_runs.get(ANNA, run.run_id)
    assert stored.status is RunStatus.FAILED
    assert stored.error_message == answer["cause"]
    assert world.runtime.documents.get(JobRequest, keys.job(run.run_id)) is None


def test_an_upload_session_becomes_media_in_a_worker(world: StepWorld, tmp_path: Path) -> None:
    film = make_video(tmp_path / "film.mp4", seconds=2.0)
    job = sent_in_parts(world.runtime, film)
    source = f"imports/anna/{job.job_id}/fil_{SEED}/source"
    announced = world.call("events.uploads", _sqs(_created(source, film.stat().st_size)))
    assert announced == {"batchItemFailures": []}
    started = [e for e in world.executions(Workflow.INGEST) if e["name"].startswith(job.job_id)]
    assert len(started) == 1
    done = world.worker("ingest", "--tenant", "anna", "--import-job", job.job_id, "--request-id", "req_9")
    assert done.returncode == 0, done.stderr
    assert '"correlation_id":"req_9"' in done.stderr
    ended = world.runtime.imports.views.view(ANNA, job.job_id)
    assert ended.job.status is ImportStatus.COMPLETED
    assert world.runtime.search.spaces.known() is not None
    assert not list(world.runtime.ports.blobs.keys(f"imports/anna/{job.job_id}"))


def test_a_dropped_file_is_imported_once_and_taken_away(world: StepWorld) -> None:
    s3, bucket = stores.client_of("s3"), world.runtime.settings.media_bucket
    index = Index(index_id="idx_1", tenant_id="anna", user_id="u", name="n", created_at="2026")
    world.runtime.documents.write(put(keys.index("anna", "idx_1"), index))
    world.runtime.access.api_keys.create("bert", "usr_bert", "key", [Scope.READ])
    names = ["drop/anna/idx_1/My film, cut 2.mp4", "drop/bert/playground/a.mp4"]
    refused = ["drop/nobody/playground/a.mp4", "drop/anna/idx_gone/a.mp4", "drop/anna/a.mp4"]
    events = []
    for name in names + refused:
        etag = s3.put_object(Bucket=bucket, Key=name, Body=b"bytes")["ETag"].strip('"')
        events.append(_created(name, 5, etag))
    before = len(world.executions(Workflow.INGEST))
    for _ in range(2):  # announced at least once
        assert world.call("events.uploads", _sqs(*events)) == {"batchItemFailures": []}
    assert len(world.executions(Workflow.INGEST)) == before + len(names)
    left = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix="drop/")["Contents"]]
    assert left == sorted(refused)
    tags = [s3.get_object_tagging(Bucket=bucket, Key=name)["TagSet"] for name in refused]
    assert [tag[0]["Value"] for tag in tags] == ["no_such_tenant", "no_such_index", "bad_name"]
    jobs = world.runtime.documents.every(ImportJob, keys.import_job("anna"))
    assert [job.title for job in jobs if job.index_id == "idx_1"] == ["My film, cut 2"]


def test_one_bad_message_leaves_the_rest_of_its_batch_alone(world: StepWorld) -> None:
    s3, bucket = stores.client_of("s3"), world.runtime.settings.media_bucket
    etag = s3.put_object(Bucket=bucket, Key="drop/anna/idx_1/b.mp4", Body=b"bytes")["ETag"].strip('"')
    batch = _sqs({"nothing": "of ours"}, _created("drop/anna/idx_1/b.mp4", 5, etag))
    assert world.call("events.uploads", batch) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="drop/anna/idx_1/b.mp4")


def test_a_deletion_goes_on_until_all_is_gone(world: StepWorld) -> None:
    world.runtime.documents.write(Delete(keys.search_spaces()))  # no search service is here to delete from
    keep_media(world.runtime.documents, _medium("vid_doomed"))
    deletion = world.runtime.deletion.requests.delete_media(ANNA, "vid_doomed")
    arguments = {"tenant_id": "anna", "target_id": "vid_doomed"}
    job = {"job_id": deletion.deletion_id, "workflow": "deletion", "arguments": arguments}
    assert world.call("pipeline.deletion", job, Context(left=1000)) == {"done": False}
    assert world.call("pipeline.deletion", job) == {"done": True}
    assert world.runtime.documents.get(Media, keys.media("anna", "vid_doomed")) is None
    assert world.call("pipeline.deletion", job) == {"done": True}


def test_the_sweep_finds_what_was_never_started(world: StepWorld) -> None:
    request = JobRequest(
        job_id="imp_forgotten",
        workflow=Workflow.INGEST,
        arguments={"tenant_id": "anna", "import_job_id": "imp_forgotten"},
        requested_at=isoformat(now() - timedelta(minutes=9)),
    )
    world.runtime.documents.write(put(keys.job(request.job_id), request))
    swept = world.call("events.job_sweeper", {})
    assert swept["submitted"] >= 1
    assert any(e["name"].startswith("imp_forgotten") for e in world.executions(Workflow.INGEST))
    assert world.call("events.job_sweeper", {})["submitted"] == 0


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
