"""The jobs of the AWS runtime, from the settings: queues and state machines."""

from shared.adapters.aws.clients import AwsClients
from shared.adapters.aws.jobs.executions import StepFunctionsJobs
from shared.adapters.aws.jobs.jobs import AwsJobs, waits_for_worker
from shared.adapters.aws.jobs.queue import JobQueue
from shared.domain.job import Workflow
from shared.settings import Settings


def aws_jobs(settings: Settings, clients: AwsClients) -> AwsJobs:
    """Build the jobs of the queues and state machines that the settings name."""
    machines = {
        Workflow.INGEST: settings.ingest_state_machine,
        Workflow.PROMPT_RUN: settings.prompt_run_state_machine,
        Workflow.SEGMENT_RETRY: settings.segment_retry_state_machine,
        Workflow.DELETION: settings.deletion_state_machine,
    }
    known = {workflow: arn for workflow, arn in machines.items() if arn is not None}
    queues = {workflow: JobQueue(url, clients.get("sqs")) for workflow, url in queue_urls(settings).items()}
    return AwsJobs(StepFunctionsJobs(known, clients.get("stepfunctions")), queues)


def queue_urls(settings: Settings) -> dict[Workflow, str]:
    """Return the URL of the queue of each workflow whose jobs wait in one, as far as the settings have it."""
    of_workers = filter(waits_for_worker, Workflow)
    urls: dict[Workflow, str | None] = dict.fromkeys(of_workers, settings.import_batches_queue)
    urls[Workflow.IMPORT_LISTING] = settings.import_listings_queue
    return {workflow: url for workflow, url in urls.items() if url}
