"""The queue of jobs, and the state of a job that waits in it, over the emulator's SQS."""

from datetime import timedelta

import pytest

from shared.adapters.aws.jobs.executions import StepFunctionsJobs
from shared.adapters.aws.jobs.jobs import AwsJobs, waits_for_worker
from shared.adapters.aws.jobs.queue import JobQueue, group_of
from shared.domain.clock import isoformat, now
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Progression
from shared.runtime.queued.aws_jobs import queue_urls
from shared.settings import Settings
from tests.aws import stores
from tests.aws.emulator import Emulator


def request_of(
    tenant: str = "anna", job: str = "imp_1", batch: str = "", *, minutes_ago: int = 0
) -> JobRequest:
    arguments = {"tenant_id": tenant, "import_job_id": job} | ({"batch": batch} if batch else {})
    return JobRequest(
        job_id=f"{job}_{batch}",
        workflow=Workflow.INGEST,
        arguments=arguments,
        requested_at=isoformat(now() - timedelta(minutes=minutes_ago)),
    )


def test_batches_of_large_import_are_group_of_their_own() -> None:
    small = {group_of(request_of(job=job)) for job in ("imp_1", "imp_2")}
    large = {group_of(request_of(job="imp_3", batch=batch)) for batch in ("1", "2")}
    assert (len(small), len(large)) == (1, 1)
    assert small.isdisjoint(large)
    assert group_of(request_of("bert")) not in small


@pytest.mark.parametrize("workflow", [Workflow.EXPORT, Workflow.CLIP])
def test_exports_and_clips_of_tenant_do_not_wait_behind_its_imports(workflow: Workflow) -> None:
    def wanted(tenant: str, number: str) -> str:
        arguments = {"tenant_id": tenant, "export_id": number}
        return group_of(
            JobRequest(job_id=number, workflow=workflow, arguments=arguments, requested_at=isoformat(now()))
        )

    own = wanted("anna", "exp_1")
    assert own == wanted("anna", "exp_2") != wanted("bert", "exp_1")
    assert own not in {group_of(request_of()), group_of(request_of(batch="1"))}


def test_workers_take_jobs_of_imports_exports_and_clips() -> None:
    settings = Settings(import_batches_queue="https://workers", import_listings_queue="https://listings")
    taken = {workflow for workflow in Workflow if waits_for_worker(workflow)}
    assert taken == {Workflow.INGEST, Workflow.EXPORT, Workflow.CLIP}
    assert {each: url for each, url in queue_urls(settings).items() if url != "https://workers"} == {
        Workflow.IMPORT_LISTING: "https://listings"
    }


@pytest.mark.parametrize("tenant", ["a b", "größe", "x" * 300, "..."])
def test_group_of_any_tenant_is_permitted_by_sqs(tenant: str) -> None:
    group = group_of(request_of(tenant))
    assert 1 <= len(group) <= 128
    assert group.isascii()
    assert " " not in group


@pytest.fixture
def queue(emulator: Emulator) -> JobQueue:
    client = stores.client_of("sqs")
    return JobQueue(client.create_queue(QueueName=stores.new_name())["QueueUrl"], client)


@pytest.mark.slow
def test_released_message_is_delivered_again_until_deleted(queue: JobQueue) -> None:
    queue.send(request_of())
    (message,) = queue.receive(10)
    assert (message.job_id, queue.waiting(), queue.is_empty()) == ("imp_1_", 0, False)
    queue.hide(message, 0)
    (again,) = queue.receive(10)
    queue.delete(again)
    queue.delete(again)
    queue.hide(again, 0)
    assert queue.is_empty()


@pytest.mark.slow
def test_waiting_job_is_under_way_and_lost_one_is_not(queue: JobQueue) -> None:
    jobs = AwsJobs(StepFunctionsJobs({}, None), {Workflow.INGEST: queue})
    request = request_of()
    assert jobs.progression(request) is Progression.UNKNOWN
    queue.send(request)
    assert jobs.progression(request) is Progression.UNDER_WAY
    old = request_of(minutes_ago=90)
    assert jobs.progression(old) is Progression.UNKNOWN
    sent_again = old.model_copy(update={"submitted_at": isoformat(now())})
    assert jobs.progression(sent_again) is Progression.UNDER_WAY
    held = old.model_copy(update={"held_until": isoformat(now() + timedelta(minutes=1))})
    assert jobs.progression(held) is Progression.UNDER_WAY
