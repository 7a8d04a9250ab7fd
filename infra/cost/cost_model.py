"""Cost of an hour of video on AWS; ``python -m infra.cost.cost_model`` prints it.

The model is an estimate that has not been compared with a bill. Each number is taken from the stacks (tests
compare it with the templates), measured on one machine (the comment says where), or marked as an assumption.
The model leaves out costs that are small or unknown: functions, logs, requests to S3 and KMS, public
addresses, data transfer out of AWS, your own language model, and all idle costs.
"""

import sys
from dataclasses import dataclass
from math import ceil
from typing import Final

from infra.sizes import SIZINGS, Size, Sizing

_HOUR_SECONDS: Final = 3600
HOURS_A_MONTH: Final = 730
_FREE_DISK_GIB: Final = 20
"""Ephemeral storage that is included in the price of a Fargate task."""

RUN_SECONDS_PER_HOUR: Final = 57 / 309 * _HOUR_SECONDS
"""Measured: 309 s of 1280x720 video took 57 s with every feature on, on two busy cores (docs/adr/0006)."""

SECOND_RUN_SECONDS_PER_HOUR: Final = 1.3 / 309 * _HOUR_SECONDS
"""Processor time, measured on the same machine; the slowest run of another prompt over analysed media."""

IMPORT_SECONDS_PER_HOUR: Final = 0.58 / 44.1 * _HOUR_SECONDS
"""Measured on two busy cores with H.264 in MP4, which is not re-encoded, from a local disk. A file that must
be re-encoded takes many times as long; the model does not include it."""

START_SECONDS: Final = 120
"""Assumption, not measured: billed time in which each worker pulls its image and loads its models."""

CORES_OF_MEASUREMENT: Final = 2
VCPUS_PER_CORE: Final = 2
"""A Fargate vCPU on x86 is a hyper-thread, counted as half a core. Assumption: more vCPUs do not speed up a
worker, because it processes its media one after another."""

PART_SECONDS: Final = 2400
"""Longest part. The import splits longer video into several media (``max_part_seconds``)."""

SHARD_SECONDS: Final = 1800
"""Minimum duration of media in a worker's shard (``shared/services/runs/pipeline/shard.py``)."""

MEGABITS_PER_SECOND: Final = 5.0
"""Assumption. 1080p from phones and cameras has a higher bit rate, 720p on the web a lower one."""

SEGMENT_SECONDS: Final = 10.0
"""Assumption: smart segments are 3 to 30 s long."""

WRITE_UNITS_PER_SEGMENT: Final = 40
"""Assumption: about four records of 1 to 3 KB, and up to two progress updates of 14 units each in the seconds
that a segment takes (docs/adr/0008)."""

READ_UNITS_PER_SEGMENT: Final = 10
"""Assumption, above the count measured for one picture (docs/adr/0008)."""

TRANSITIONS_OF_IMPORT: Final = 3
"""States: accept, plan, map. Imports within ten seconds share them, and the state of the worker."""

TRANSITIONS_OF_RUN: Final = 5
"""States: accept, plan, map, finish, complete."""

TRANSITIONS_OF_SHARD: Final = 3
"""States: begin the shard, the choice, the worker."""


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """Unit prices in USD. https://calculator.aws has the current prices of each region."""

    region: str
    as_of: str
    vcpu_hour: float
    memory_gib_hour: float
    disk_gib_hour: float
    storage_gb_month: float
    million_write_units: float
    million_read_units: float
    thousand_transitions: float
    arm_vcpu_hour: float
    arm_memory_gib_hour: float
    balancer_hour: float
    address_hour: float
    spot_share: float
    """Price of Spot capacity as a share of the on-demand price."""


ASSUMED_PRICES: Final = UnitPrices(
    region="us-east-1",
    as_of="2026-03",
    vcpu_hour=0.04048,
    memory_gib_hour=0.004445,
    disk_gib_hour=0.000111,
    storage_gb_month=0.023,
    million_write_units=0.625,
    million_read_units=0.125,
    thousand_transitions=0.025,
    arm_vcpu_hour=0.03238,
    arm_memory_gib_hour=0.00356,
    balancer_hour=0.0225,
    address_hour=0.005,
    spot_share=0.30,
)
"""Assumptions, not read from AWS's price list. The prices of vCPU and memory are as third parties published
them at that date; the other prices have no dated source. ``spot_share`` is the largest discount that AWS
advertises ("up to 70 %" off). Spot prices vary, and on-demand capacity is used where there is no Spot
capacity."""


@dataclass(frozen=True, slots=True)
class VideoHour:
    """Cost in USD of one hour of video in one file, with one import and one prompt run."""

    worker_hours: float
    workers: float
    records: float
    workflows: float
    storage_a_month: float

    @property
    def once(self) -> float:
        return self.workers + self.records + self.workflows


def worker_hour(sizing: Sizing, prices: UnitPrices = ASSUMED_PRICES, *, spot: bool = False) -> float:
    """Return the cost in USD of one running CPU worker per hour."""
    full = (
        sizing.worker_vcpus * prices.vcpu_hour
        + sizing.worker_memory_gib * prices.memory_gib_hour
        + max(0, sizing.worker_disk_gib - _FREE_DISK_GIB) * prices.disk_gib_hour
    )
    return full * (prices.spot_share if spot else 1)


def video_hour(
    size: Size,
    prices: UnitPrices = ASSUMED_PRICES,
    *,
    spot: bool = False,
    analysed_before: bool = False,
) -> VideoHour:
    """Return the cost of one hour of video.

    ``analysed_before``: the cost of another prompt over imported and analysed media, which stores no new
    media.
    """
    sizing = SIZINGS[size]
    shards = min(ceil(_HOUR_SECONDS / SHARD_SECONDS), ceil(_HOUR_SECONDS / PART_SECONDS))
    imports = 0 if analysed_before else 1
    work = SECOND_RUN_SECONDS_PER_HOUR if analysed_before else RUN_SECONDS_PER_HOUR + IMPORT_SECONDS_PER_HOUR
    hours = (work + (shards + imports) * START_SECONDS) / _HOUR_SECONDS
    segments = _HOUR_SECONDS / SEGMENT_SECONDS
    transitions = TRANSITIONS_OF_IMPORT * imports + TRANSITIONS_OF_RUN + TRANSITIONS_OF_SHARD * shards
    gigabytes = MEGABITS_PER_SECOND * _HOUR_SECONDS / 8 / 1000
    return VideoHour(
        worker_hours=hours,
        workers=hours * worker_hour(sizing, prices, spot=spot),
        records=segments
        * (
            WRITE_UNITS_PER_SEGMENT * prices.million_write_units
            + READ_UNITS_PER_SEGMENT * prices.million_read_units
        )
        / 1_000_000,
        workflows=transitions * prices.thousand_transitions / 1000,
        storage_a_month=0 if analysed_before else gigabytes * prices.storage_gb_month,
    )


def ingress_month(size: Size, prices: UnitPrices = ASSUMED_PRICES) -> float:
    """Return the idle cost in USD of the streaming ingress per month: containers, addresses, load balancer.

    Traffic costs extra.
    """
    sizing = SIZINGS[size]
    task = (
        sizing.ingress_cpu_units / 1024 * prices.arm_vcpu_hour
        + sizing.ingress_memory_mib / 1024 * prices.arm_memory_gib_hour
        + prices.address_hour
    )
    return HOURS_A_MONTH * (sizing.ingress_tasks * task + prices.balancer_hour)


def ingress_table(prices: UnitPrices = ASSUMED_PRICES) -> str:
    """Render the ingress costs as the Markdown table in docs/aws-guide.md."""
    rows = ["| size | containers, always | each | USD a month |", "| --- | --- | --- | --- |"]
    for size in Size:
        sizing = SIZINGS[size]
        each = f"{sizing.ingress_cpu_units / 1024:g} vCPU, {sizing.ingress_memory_mib // 1024} GiB"
        rows.append(f"| `{size}` | {sizing.ingress_tasks} | {each} | {ingress_month(size, prices):.0f} |")
    return "\n".join(rows)


def table(prices: UnitPrices = ASSUMED_PRICES) -> str:
    """Render the costs of an hour of video as the Markdown table in docs/aws-guide.md."""
    rows = [
        "| size | workers | first run | the same on spare capacity | another prompt | storage a month |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for size in Size:
        first, spare = video_hour(size, prices), video_hour(size, prices, spot=True)
        again = video_hour(size, prices, analysed_before=True)
        rows.append(
            f"| `{size}` | {first.worker_hours * 60:.0f} min | {first.once:.3f} | {spare.once:.3f} "
            f"| {again.once:.3f} | {first.storage_a_month:.3f} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(f"USD per hour of video, {ASSUMED_PRICES.region}, {ASSUMED_PRICES.as_of}\n{table()}\n")
    sys.stdout.write(f"USD per month of the idle streaming ingress\n{ingress_table()}\n")
