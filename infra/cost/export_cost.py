"""Cost of exports and clips; ``python -m infra.cost.export_cost`` prints it.

The model is an estimate that has not been compared with a bill. It leaves out requests to S3, the storage of
the files, and the data that leaves AWS when they are downloaded.
"""

import sys
from typing import Final

from infra.cost.cost_model import ASSUMED_PRICES, START_SECONDS, UnitPrices, worker_hour
from infra.sizes import SIZINGS, Size

SEGMENTS_PER_SECOND: Final = 2000
"""Assumption: segments that a worker reads from the table, and writes as a run table and as a file. The table
answers with a page of 1 MB, of about 400 segments, in 0.1 to 0.2 s."""

CLIP_SECONDS: Final = 30
"""Assumption: time for a clip of a minute that is encoded; one whose streams are copied takes a second."""

IDLE_SECONDS: Final = 80
"""A worker waits a minute for more jobs, gives up its place and looks for 20 seconds more."""

READ_UNITS_PER_SEGMENT: Final = 0.5
"""Results of 2 KB, read in pages, strongly consistent: a unit for 4 KB. They are read once for the file."""

WRITE_UNITS: Final = 60
"""About 15 changes of the record with its job, pointers and event, of up to 2 KB in transactions."""

WRITE_UNITS_PER_MEDIUM: Final = 3
"""The pointer by which a deletion finds the export, in a transaction, and its removal."""

_HOUR_SECONDS: Final = 3600


def export(
    size: Size,
    segments: int,
    media: int,
    prices: UnitPrices = ASSUMED_PRICES,
    *,
    started: bool = True,
) -> float:
    """Return the cost in USD of an export. ``started``: no worker was running, so one is started for it."""
    units = (
        segments * READ_UNITS_PER_SEGMENT * prices.million_read_units
        + (WRITE_UNITS + media * WRITE_UNITS_PER_MEDIUM) * prices.million_write_units
    )
    return _worker(size, segments / SEGMENTS_PER_SECOND, prices, started=started) + units / 1_000_000


def clip(size: Size, prices: UnitPrices = ASSUMED_PRICES, *, started: bool = True) -> float:
    """Return the cost in USD of a clip of a minute that is encoded."""
    records = WRITE_UNITS * prices.million_write_units / 1_000_000
    return _worker(size, CLIP_SECONDS, prices, started=started) + records


def _worker(size: Size, seconds: float, prices: UnitPrices, *, started: bool) -> float:
    """Return the cost of a worker that is started for a job, or the job's share of one that runs already."""
    sizing = SIZINGS[size]
    billed = START_SECONDS + seconds + IDLE_SECONDS if started else seconds / sizing.batches_per_worker
    return billed / _HOUR_SECONDS * worker_hour(sizing, prices)


def table(prices: UnitPrices = ASSUMED_PRICES) -> str:
    """Render the costs as the Markdown table in docs/aws-guide.md."""
    rows = [
        "| size | export of 10,000 segments | the same by a running worker | clip of a minute | the same |",
        "| --- | --- | --- | --- | --- |",
    ]
    for size in Size:
        exports = [export(size, 10_000, 1_000, prices, started=started) for started in (True, False)]
        clips = [clip(size, prices, started=started) for started in (True, False)]
        rows.append(f"| `{size}` | " + " | ".join(f"{cost:.4f}" for cost in (*exports, *clips)) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(f"USD, {ASSUMED_PRICES.region}, {ASSUMED_PRICES.as_of}\n{table()}\n")
