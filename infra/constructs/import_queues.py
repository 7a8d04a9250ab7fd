"""Queues of imports: batches of files for the workers, and stores to list for a function."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.function import ProductFunction
from infra.constructs.queues import event_queue
from infra.function_limits import LISTING_TIMEOUT_SECONDS, LISTINGS_AT_ONCE
from infra.names import IMPORT_BATCHES_QUEUE, IMPORT_LISTINGS_QUEUE, Names

IMPORT_BATCHES_DEAD_LETTERS: Final = "import-batches-dead-letters"
IMPORT_LISTINGS_DEAD_LETTERS: Final = "import-listings-dead-letters"

_HIDDEN: Final = Duration.seconds(150)
"""A worker renews this time while it imports a batch (``shared.runtime.queued.import_worker``)."""

_MAX_RECEIVES_OF_BATCH: Final = 90 + 25
"""A batch has at most a turn for each of its 90 files. A worker that is stopped in order releases its batches
too, which counts as a receive. Failures are counted in the job's record."""

_MAX_RECEIVES_OF_LISTING: Final = 5


def import_queues(scope: Construct, names: Names, listing: ProductFunction) -> None:
    """Create the queues, and let that of listings invoke ``listing``, one store a call.

    A dead letter names a job whose record remains, so the sweeper sends the job again.
    """
    _queue(scope, names, IMPORT_BATCHES_QUEUE, IMPORT_BATCHES_DEAD_LETTERS, _HIDDEN, _MAX_RECEIVES_OF_BATCH)
    listings = _queue(
        scope,
        names,
        IMPORT_LISTINGS_QUEUE,
        IMPORT_LISTINGS_DEAD_LETTERS,
        Duration.seconds(6 * LISTING_TIMEOUT_SECONDS),
        _MAX_RECEIVES_OF_LISTING,
    )
    listing.function.add_event_source(
        sources.SqsEventSource(listings, batch_size=1, max_concurrency=LISTINGS_AT_ONCE)
    )


def _queue(
    scope: Construct, names: Names, title: str, dead_letters: str, hidden: Duration, max_receives: int
) -> sqs.Queue:
    return event_queue(
        scope,
        names,
        title,
        visibility_timeout=hidden,
        dead_letter_queue=sqs.DeadLetterQueue(
            max_receive_count=max_receives, queue=event_queue(scope, names, dead_letters)
        ),
    )
