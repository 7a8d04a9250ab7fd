"""Cost of the site; ``python -m infra.cost.site_cost`` prints it.

The model is an estimate that has not been compared with a bill. It leaves out what people do in the console
and the data that they watch, which costs the same from any client.
"""

import sys
from dataclasses import dataclass
from typing import Final

from infra.cost.cost_model import ASSUMED_PRICES, UnitPrices
from infra.cost.delivery_cost import ASSUMED_MESSAGE_PRICES, MILLION, MessagePrices

STORED_GIGABYTES: Final = 0.02
"""Measured: the files of both builds have 16 MB."""

SECONDS_BETWEEN_REQUESTS: Final = 3
"""An open console asks for new events again after this time. A hidden tab does not ask."""

READ_UNITS: Final = 4
"""Assumption, not measured: the key, its holder, and the end of the event log twice."""

GIBIBYTE_SECONDS: Final = 0.05
"""Assumption, not measured: 0.05 s of 1 GiB."""


@dataclass(frozen=True, slots=True)
class RequestPrices:
    """Unit prices in USD for a million requests."""

    edge: float
    gateway: float


ASSUMED_REQUEST_PRICES: Final = RequestPrices(edge=1.00, gateway=1.00)
"""Assumptions, not read from AWS's price list: CloudFront and an HTTP API, without their free tiers."""


def idle_month(prices: UnitPrices = ASSUMED_PRICES) -> float:
    """Return the cost in USD of a site for a month in which nobody opens it."""
    return STORED_GIGABYTES * prices.storage_gb_month


def open_hour(
    prices: UnitPrices = ASSUMED_PRICES,
    messages: MessagePrices = ASSUMED_MESSAGE_PRICES,
    requests: RequestPrices = ASSUMED_REQUEST_PRICES,
) -> float:
    """Return the cost in USD of one console that is open and in sight for an hour."""
    request = (
        requests.edge
        + requests.gateway
        + messages.calls
        + GIBIBYTE_SECONDS * messages.gibibyte_second * MILLION
        + READ_UNITS * prices.million_read_units
    )
    return 3600 / SECONDS_BETWEEN_REQUESTS * request / MILLION


if __name__ == "__main__":
    sys.stdout.write(f"USD per month of the idle site: {idle_month():.4f}\n")
    sys.stdout.write(f"USD per hour of an open console: {open_hour():.3f}\n")
