"""Due work: its queue, the function that does it, and the sweeper that announces it."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.function import ProductFunction
from infra.constructs.queues import dead_letter_queue, invoke_for_messages, work_queue
from infra.function_limits import DUE_WORK_TIMEOUT_SECONDS
from infra.names import DUE_WORK_QUEUE, Names

DUE_WORK_DEAD_LETTERS: Final = "due-work-dead-letters"

SWEEP_MINUTES: Final = 1
"""The shortest rate of EventBridge. A sweep announces what is due within 90 seconds."""

_WORK_PER_CALL: Final = 10


def due_work_queue(scope: Construct, names: Names, function: ProductFunction) -> sqs.Queue:
    """Create the queue of due work and let it invoke ``function``.

    A message that fails five times becomes a dead letter. Its due record remains, so the sweeper announces
    the work again.
    """
    dead_letters = dead_letter_queue(scope, names, DUE_WORK_DEAD_LETTERS)
    hidden = Duration.seconds(6 * DUE_WORK_TIMEOUT_SECONDS)
    queue = work_queue(scope, names, DUE_WORK_QUEUE, dead_letters, hidden=hidden)
    at_once = names.configuration.sizing.notification_functions
    invoke_for_messages(function, queue, batch_size=_WORK_PER_CALL, max_concurrency=at_once)
    return queue
