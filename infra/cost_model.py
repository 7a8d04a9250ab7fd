"""What an hour of video costs on AWS: ``python -m infra.cost_model``.

A reckoning, not a bill: nothing here has been compared with one. Each number is either read off the
stacks (a test holds it to the templates), measured on one machine (the comment says where), or an
assumption, and then it is named so. Left out, as small or unknown: functions, logs, requests to S3 and
KMS, public addresses, data that leaves AWS, a language model of your own, and whatever runs while idle.
"""

import sys
from dataclasses import dataclass
from math import ceil
from typing import Final

from infra.sizes import SIZINGS, Size, Sizing

_HOUR_SECONDS: Final = 3600
HOURS_A_MONTH: Final = 730
_FREE_DISK_GIB: Final = 20
"""Of every Fargate task."""

RUN_SECONDS_PER_HOUR: Final = 57 / 309 * _HOUR_SECONDS
"""Measured: 309 s of 1280x720 took 57 s with everything on, on two busy cores (docs/adr/0006)."""

SECOND_RUN_SECONDS_PER_HOUR: Final = 1.3 / 309 * _HOUR_SECONDS
"""Measured there too, the slowest: another prompt over what was analysed before. In processor time."""

IMPORT_SECONDS_PER_HOUR: Final = 0.58 / 44.1 * _HOUR_SECONDS
"""Measured on two busy cores, H.264 in MP4, which is kept as it is, and from a local disk. A file that has
to be encoded anew takes many times as long, and is not reckoned."""

START_SECONDS: Final = 120
"""Assumption, never measured: fetching the image and loading models, which is paid for, for each worker."""

CORES_OF_MEASUREMENT: Final = 2
VCPUS_PER_CORE: Final = 2
"""A Fargate vCPU on x86 is a hyper-thread, taken for half a core. Further vCPUs are assumed to bring
nothing, as a worker takes its media one after the other: so ``standard`` costs twice ``idle-zero``."""

PART_SECONDS: Final = 2400
"""Longer video becomes several media (``max_part_seconds``)."""

SHARD_SECONDS: Final = 1800
"""Media that one worker is given, at least (``shared/services/runs/pipeline/shard.py``)."""

MEGABITS_PER_SECOND: Final = 5.0
"""Assumption: 1080p as phones and cameras make it is more, 720p on the web is less."""

SEGMENT_SECONDS: Final = 10.0
"""Assumption: smart segments are 3 to 30 s long."""

WRITE_UNITS_PER_SEGMENT: Final = 40
"""Assumption: about four records of 1 to 3 KB, and up to two notes of progress in the seconds that a segment
takes here, each of 14 units (docs/adr/0008)."""

READ_UNITS_PER_SEGMENT: Final = 10
"""Assumption, above what the pipeline was counted to do for one picture (docs/adr/0008)."""

TRANSITIONS_OF_IMPORT: Final = 3
"""Accept, import, complete."""

TRANSITIONS_OF_RUN: Final = 5
"""Accept, plan, map, finish, complete."""

TRANSITIONS_OF_SHARD: Final = 3
"""Still wanted, the choice, the worker."""


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """USD. Make one for your region: https://calculator.aws has today's prices."""

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
    """Of the full price that spare capacity costs."""


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
"""Assumptions, none asked of AWS. Of vCPU and memory: as others published them at that date; the rest has no
dated source. ``spot_share`` is what AWS advertises at best ("up to 70 %" off); it changes, and capacity at
the full price steps in where there is none."""


@dataclass(frozen=True, slots=True)
class VideoHour:
    """USD for one hour of video that comes as one file: imported once, and run once."""

    worker_hours: float
    workers: float
    records: float
    workflows: float
    storage_a_month: float

    @property
    def once(self) -> float:
        return self.workers + self.records + self.workflows


def worker_hour(sizing: Sizing, prices: UnitPrices = ASSUMED_PRICES, *, spot: bool = False) -> float:
    """USD for one worker of the CPU pack while it runs."""
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
    """``analysed_before``: only another prompt over what was imported and analysed; nothing new is stored."""
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
    """USD for a month of the streaming ingress that nobody uses: containers, their addresses, the load
    balancer. What passes through it is paid beside it."""
    sizing = SIZINGS[size]
    task = (
        sizing.ingress_cpu_units / 1024 * prices.arm_vcpu_hour
        + sizing.ingress_memory_mib / 1024 * prices.arm_memory_gib_hour
        + prices.address_hour
    )
    return HOURS_A_MONTH * (sizing.ingress_tasks * task + prices.balancer_hour)


def ingress_table(prices: UnitPrices = ASSUMED_PRICES) -> str:
    """In Markdown; docs/aws-guide.md holds it."""
    rows = ["| size | containers, always | each | USD a month |", "| --- | --- | --- | --- |"]
    for size in Size:
        sizing = SIZINGS[size]
        each = f"{sizing.ingress_cpu_units / 1024:g} vCPU, {sizing.ingress_memory_mib // 1024} GiB"
        rows.append(f"| `{size}` | {sizing.ingress_tasks} | {each} | {ingress_month(size, prices):.0f} |")
    return "\n".join(rows)


def table(prices: UnitPrices = ASSUMED_PRICES) -> str:
    """In Markdown; docs/aws-guide.md holds it."""
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
    sys.stdout.write(f"USD an hour of video, {ASSUMED_PRICES.region}, {ASSUMED_PRICES.as_of}\n{table()}\n")
    sys.stdout.write(f"USD a month of the streaming ingress, idle\n{ingress_table()}\n")
