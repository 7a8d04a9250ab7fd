"""Cost of checking finished runs against saved searches; ``python -m infra.cost.alert_cost`` prints it.

The model is an estimate that has not been compared with a bill. It leaves out the search engine, which has no
price a request, and the matches, which few runs have.
"""

import sys
from typing import Final

from infra.cost.cost_model import ASSUMED_PRICES, UnitPrices
from infra.cost.delivery_cost import ASSUMED_MESSAGE_PRICES, MessagePrices

RUN_READ_UNITS: Final = 3
"""Strongly consistent reads of up to 4 KB: the event, and the saved searches of the tenant of 0.8 KB each."""

SEARCH_READ_UNITS: Final = 1
"""The match that an earlier check of the run may have stored."""

QUEUE_REQUESTS: Final = 3
"""Send, receive and delete."""

CALLS: Final = 1
EMBEDDINGS: Final = 1
"""Calls of the function that embeds queries, for each search."""

RUN_GIBIBYTE_SECONDS: Final = 0.05
SEARCH_GIBIBYTE_SECONDS: Final = 0.35
"""Assumption, not measured: 0.3 s of 0.5 GiB, and an embedding of 0.1 s by a function of 2 GiB."""


def thousand_runs(
    searches: int,
    prices: UnitPrices = ASSUMED_PRICES,
    messages: MessagePrices = ASSUMED_MESSAGE_PRICES,
) -> float:
    """Return the cost in USD of a thousand finished runs, each checked against ``searches``."""
    read_units = RUN_READ_UNITS + searches * SEARCH_READ_UNITS
    calls = CALLS + searches * EMBEDDINGS
    seconds = RUN_GIBIBYTE_SECONDS + searches * SEARCH_GIBIBYTE_SECONDS
    of_million = (
        read_units * prices.million_read_units
        + QUEUE_REQUESTS * messages.queue_requests
        + calls * messages.calls
    )
    return of_million / 1000 + 1000 * seconds * messages.gibibyte_second


if __name__ == "__main__":
    sys.stdout.write(f"USD per thousand runs and ten saved searches: {thousand_runs(10):.2f}\n")
