"""The two sizes: what each keeps ready, and what it lets through at most.

What each costs while idle is in docs/adr/0012-stacks.md.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Size(StrEnum):
    """``idle-zero`` keeps running costs near nothing while unused; ``standard`` is for an archive at work."""

    IDLE_ZERO = "idle-zero"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Sizing:
    """``requests_per_second`` and ``request_burst`` hold for the whole API, before any key is looked at."""

    access_log_days: int
    function_log_days: int
    requests_per_second: int
    request_burst: int
    snap_start: bool
    """Functions start from a snapshot, which is paid for as long as it is kept."""
    web_firewall: bool
    every_alarm: bool
    """Not only what is broken, but what is slow or held back too."""
    worker_vcpus: int
    worker_memory_gib: int
    worker_disk_gib: int
    most_vcpus: int
    """Of all workers together."""
    shards_at_once: int
    """Workers that one prompt run may have."""
    ingress_cpu_units: int
    """1,024 are a virtual CPU; of one task of the streaming ingress, where it is chosen."""
    ingress_memory_mib: int
    ingress_tasks: int
    """That always run."""
    most_ingress_tasks: int
    uploads_at_once: int
    """That one task takes."""
    search_instance: str
    search_nodes: int
    search_disk_gib: int
    search_shards: int
    """Of an index that is made: one thread of one node searches each."""
    search_replicas: int
    search_exact_vectors: int
    """In what is searched; as many as the nodes keep in memory and compare in about a second."""
    search_most_ocus: int
    """OpenSearch Compute Units of Serverless, 6 GiB each: for searching, and as many for indexing."""


SIZINGS: Final = {
    Size.IDLE_ZERO: Sizing(
        access_log_days=30,
        function_log_days=30,
        requests_per_second=50,
        request_burst=100,
        snap_start=False,
        web_firewall=False,
        every_alarm=False,
        worker_vcpus=4,
        worker_memory_gib=16,
        worker_disk_gib=100,
        most_vcpus=32,
        shards_at_once=4,
        ingress_cpu_units=512,
        ingress_memory_mib=1024,
        ingress_tasks=1,
        most_ingress_tasks=4,
        uploads_at_once=16,
        search_instance="t3.small.search",
        search_nodes=1,
        search_disk_gib=20,
        search_shards=1,
        search_replicas=0,
        search_exact_vectors=600_000,
        search_most_ocus=4,
    ),
    Size.STANDARD: Sizing(
        access_log_days=365,
        function_log_days=90,
        requests_per_second=500,
        request_burst=1000,
        snap_start=True,
        web_firewall=True,
        every_alarm=True,
        worker_vcpus=8,
        worker_memory_gib=32,
        worker_disk_gib=200,
        most_vcpus=256,
        shards_at_once=16,
        ingress_cpu_units=1024,
        ingress_memory_mib=2048,
        ingress_tasks=2,
        most_ingress_tasks=8,
        uploads_at_once=32,
        search_instance="r7g.large.search",
        search_nodes=2,
        search_disk_gib=100,
        search_shards=4,
        search_replicas=1,
        search_exact_vectors=3_000_000,
        search_most_ocus=8,
    ),
}
