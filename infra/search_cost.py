"""What each search engine costs while nobody searches, and when Serverless is the dearer one:
``python -m infra.search_cost``. As rough as ``infra.cost_model``, and as little compared with a bill.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.sizes import SIZINGS, Size

HOURS_A_MONTH: Final = 730

AWAKE_OCUS: Final = 2.0
"""Of a collection that is searched: "two search workers" come back (AWS's developer guide, "Scale to zero
for Amazon OpenSearch Serverless"). That each is one unit is assumed."""

IDLE_MINUTES: Final = 10
"""After the last request, until there is nothing to pay for but storage; from the same page."""


@dataclass(frozen=True, slots=True)
class SearchPrices:
    """USD."""

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
"""None asked of AWS. Of an OCU: as others published it in 2026 (awsnegotiations.com, teamaws.com), for
the generation before; that the present one costs the same is assumed. The rest has no dated source."""


@dataclass(frozen=True, slots=True)
class SearchCost:
    """USD. ``break_even_hours``: so many hours a month that a collection may be awake until it costs as much
    as the domain of that size, which costs the same whether it is searched or not."""

    domain_a_month: float
    collection_a_month: float
    collection_hour_awake: float
    break_even_hours: float


def search_cost(
    size: Size, prices: SearchPrices = ASSUMED_SEARCH_PRICES, *, stored_gb: float = 10
) -> SearchCost:
    """``stored_gb`` is what the index takes, whose disk is part of a domain's price already."""
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
    """In Markdown; docs/aws-guide.md holds it."""
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
