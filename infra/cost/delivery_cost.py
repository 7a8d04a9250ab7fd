"""Cost of deliveries to webhooks; ``python -m infra.cost.delivery_cost`` prints it.

The model is an estimate that has not been compared with a bill. The counts of requests follow from the code;
batches make some of them cheaper, which the model leaves out.
"""

import sys
from dataclasses import dataclass
from typing import Final

from infra.cost.cost_model import ASSUMED_PRICES, UnitPrices

WRITE_UNITS: Final = 18
"""Nine records of up to 1 KB, each in a transaction, which takes two units: the event; the delivery and its
due record; both again, and the removal of the old due record, when an attempt begins; both and the webhook
when it ends."""

READ_UNITS: Final = 8
"""Strongly consistent reads of up to 4 KB: the event twice, the webhook twice, the delivery twice, the
secret, and the webhooks of the tenant."""

QUEUE_REQUESTS: Final = 6
"""Send, receive and delete, in the queue of events and in that of due work."""

KEY_REQUESTS: Final = 1
"""One decryption of the webhook's secret."""

CALLS: Final = 3
"""The dispatcher, the fan-out and the delivery, each for one event. Under load a call takes up to 100."""

GIBIBYTE_SECONDS: Final = 0.3
"""Assumption, not measured: 0.05 s of 0.5 GiB twice, and 0.25 s of 1 GiB with a fast receiver."""

MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class MessagePrices:
    """Unit prices in USD for a million, and for a GiB-second of an arm64 function."""

    queue_requests: float
    published: float
    key_requests: float
    calls: float
    gibibyte_second: float


ASSUMED_MESSAGE_PRICES: Final = MessagePrices(
    queue_requests=0.40, published=0.50, key_requests=3.00, calls=0.20, gibibyte_second=0.0000133334
)
"""Assumptions, not read from AWS's price list: us-east-1, without the free tier."""


def million_deliveries(
    prices: UnitPrices = ASSUMED_PRICES, messages: MessagePrices = ASSUMED_MESSAGE_PRICES
) -> float:
    """Return the cost in USD of a million events, each delivered to one webhook at the first attempt."""
    return (
        WRITE_UNITS * prices.million_write_units
        + READ_UNITS * prices.million_read_units
        + QUEUE_REQUESTS * messages.queue_requests
        + messages.published
        + KEY_REQUESTS * messages.key_requests
        + CALLS * messages.calls
        + GIBIBYTE_SECONDS * messages.gibibyte_second * MILLION
    )


if __name__ == "__main__":
    sys.stdout.write(f"USD per million deliveries: {million_deliveries():.0f}\n")
