"""Cost of each search engine while idle, and the break-even point of OpenSearch Serverless.

``python -m infra.cost.search_cost`` prints it. Like ``infra.cost.cost_model``, it is an estimate that has not
been compared with a bill.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.sizes import SIZINGS, Size

HOURS_A_MONTH: Final = 730

AWAKE_OCUS: Final = 2.0
"""OpenSearch Compute Units of a collection in use: "two search workers" start (AWS's developer guide, "Scale
to zero for Amazon OpenSearch Serverless"). Assumption: each worker is one OCU."""

IDLE_MINUTES: Final = 10
"""Time from the last request until only storage is billed; from the same page."""


@dataclass(frozen=True, slots=True)
class SearchPrices:
    """Unit prices in USD."""

    region: str
    instance_hour: Mapping[str, float]
    disk_gb_month: float
    ocu_hour: float
    collection_gb_month: float


ASSUMED_SEARCH_PRICES: Final = SearchPrices(
    region="us-east-1",
    instance_hour={"t3.small.search": 0.036, "r7g.large.search": 0.178},
    disk_gb_month=0.122,
    ocu_hour=0.24,
    collection_gb_month=0.024,
)
"""Assumptions, not read from AWS's price list. The price of an OCU is as third parties published it in 2026
(awsnegotiations.com, teamaws.com) for the previous generation; the current one is assumed to cost the same.
The other prices have no dated source."""


@dataclass(frozen=True, slots=True)
class SearchCost:
    """Costs in USD of both engines.

    ``break_even_hours``: active hours per month at which a collection costs as much as the domain of that
    size. A domain costs the same whether it is used or not.
    """

    domain_a_month: float
    collection_a_month: float
    collection_hour_awake: float
    break_even_hours: float


def search_cost(
    size: Size, prices: SearchPrices = ASSUMED_SEARCH_PRICES, *, stored_gb: float = 10
) -> SearchCost:
    """Return the costs for a size. ``stored_gb`` is the index size, which a domain's disk price includes."""
    sizing = SIZINGS[size]
    node = (
        prices.instance_hour[sizing.search_instance] * HOURS_A_MONTH
        + sizing.search_disk_gib * prices.disk_gb_month
    )
    domain = sizing.search_nodes * node
    storage = stored_gb * prices.collection_gb_month
    awake = AWAKE_OCUS * prices.ocu_hour
    return SearchCost(domain, storage, awake, (domain - storage) / awake)


def table(prices: SearchPrices = ASSUMED_SEARCH_PRICES) -> str:
    """Render the costs as the Markdown table in docs/aws-guide.md."""
    rows = [
        "| size | domain a month | collection a month, asleep | collection an hour, awake | equal at |",
        "| --- | --- | --- | --- | --- |",
    ]
    for size in Size:
        cost = search_cost(size, prices)
        rows.append(
            f"| `{size}` | {cost.domain_a_month:.0f} | {cost.collection_a_month:.2f} "
            f"| {cost.collection_hour_awake:.2f} | {cost.break_even_hours:.0f} h a month awake |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(f"USD, {ASSUMED_SEARCH_PRICES.region}\n{table()}\n")
