"""Queues of jobs: batches of files, exports and clips for the workers, and stores to list for a function."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.constructs.function import ProductFunction
from infra.constructs.queues import dead_letter_queue, work_queue
from infra.function_limits import LISTING_TIMEOUT_SECONDS, LISTINGS_AT_ONCE
from infra.names import IMPORT_BATCHES_QUEUE, IMPORT_LISTINGS_QUEUE, Names

IMPORT_BATCHES_DEAD_LETTERS: Final = "import-batches-dead-letters"
IMPORT_LISTINGS_DEAD_LETTERS: Final = "import-listings-dead-letters"

_HIDDEN: Final = Duration.seconds(150)
"""A worker renews this time while it runs a job (``shared.runtime.queued.queue_worker``)."""

_MAX_RECEIVES_OF_BATCH: Final = 90 + 25
"""A batch has at most a turn for each of its 90 files. A worker that is stopped in order releases its jobs
too, which counts as a receive. Failures are counted in the job's record."""


def import_queues(scope: Construct, names: Names, listing: ProductFunction) -> None:
    """Create the queues, and let that of listings invoke ``listing``, one store a call.

    A dead letter names a job whose record remains, so the sweeper sends the job again.
    """
    failed = dead_letter_queue(scope, names, IMPORT_BATCHES_DEAD_LETTERS)
    work_queue(
        scope, names, IMPORT_BATCHES_QUEUE, failed, hidden=_HIDDEN, max_receives=_MAX_RECEIVES_OF_BATCH
    )
    failed = dead_letter_queue(scope, names, IMPORT_LISTINGS_DEAD_LETTERS)
    hidden = Duration.seconds(6 * LISTING_TIMEOUT_SECONDS)
    listings = work_queue(scope, names, IMPORT_LISTINGS_QUEUE, failed, hidden=hidden)
    listing.function.add_event_source(
        sources.SqsEventSource(listings, batch_size=1, max_concurrency=LISTINGS_AT_ONCE)
    )
