"""The two deployment sizes: provisioned capacity and limits.

docs/adr/0012-stacks.md has the idle cost of each size.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Size(StrEnum):
    """Size of a deployment.

    ``idle-zero`` costs almost nothing while it is unused; ``standard`` is for an archive in regular use.
    """

    IDLE_ZERO = "idle-zero"
    STANDARD = "standard"


DEFAULT_FARGATE_VCPUS: Final = 6
"""A new account's quota of Fargate vCPUs, on demand and again on Spot ("AWS Fargate service quotas", Amazon
ECS developer guide). A worker with more vCPUs would wait for ever."""

GPU_WORKER_VCPUS: Final = 4
"""vCPUs of one GPU worker: those of the smallest instance type."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Limits of the vCPUs of all workers, by kind of capacity. ``spot`` is 0 without Spot capacity."""

    spot: int
    on_demand: int

    @classmethod
    def split(cls, total: int, *, spot: bool) -> Self:
        """Divide ``total`` evenly. An odd vCPU goes to Spot, which costs less."""
        on_demand = total // 2 if spot else total
        return cls(total - on_demand, on_demand)


@dataclass(frozen=True, slots=True)
class Sizing:
    """Capacity and limits of one size.

    ``requests_per_second`` and ``request_burst`` throttle the whole API, before any credential is checked.
    """

    access_log_days: int
    function_log_days: int
    requests_per_second: int
    request_burst: int
    snap_start: bool
    """Whether API functions use Lambda SnapStart. AWS charges for a snapshot as long as it is kept."""
    web_firewall: bool
    performance_alarms: bool
    """Whether there are also alarms on latency, throttling and timeouts, not only on failures."""
    worker_vcpus: int
    """vCPUs of one CPU worker, within ``DEFAULT_FARGATE_VCPUS``."""
    worker_memory_gib: int
    worker_disk_gib: int
    max_gpu_vcpus: int
    """Limit of all GPU workers together, on Spot and on demand. A new account has no quota for them."""
    notification_functions: int
    """Limit of concurrent calls of the fan-out, and again of due work; each call of the latter makes ten
    deliveries at once. With ``request_burst`` they stay within Lambda's default quota of 1,000."""
    max_concurrent_shards: int
    """Limit of concurrent workers of one prompt run."""
    import_workers: int
    """Limit of concurrent workers that take jobs from the queue: imports, exports, clips."""
    batches_per_worker: int
    """Jobs that such a worker runs at once."""
    ingress_cpu_units: int
    """CPU units of one streaming ingress task; 1,024 units are one vCPU."""
    ingress_memory_mib: int
    ingress_tasks: int
    """Minimum number of tasks of the streaming ingress."""
    max_ingress_tasks: int
    uploads_at_once: int
    """Limit of concurrent uploads of one task."""
    search_instance: str
    search_nodes: int
    search_disk_gib: int
    search_shards: int
    """Primary shards of a new index. One thread of one node searches a shard."""
    search_replicas: int
    search_exact_vectors: int
    """Largest number of vectors in a query's scope that is scored exactly: as many as the nodes keep in
    memory and compare in about a second."""
    search_max_ocus: int
    """Limit of OpenSearch Compute Units of OpenSearch Serverless, 6 GiB each: for search, and again for
    indexing."""


SIZINGS: Final = {
    Size.IDLE_ZERO: Sizing(
        access_log_days=30,
        function_log_days=30,
        requests_per_second=50,
        request_burst=100,
        snap_start=False,
        web_firewall=False,
        performance_alarms=False,
        worker_vcpus=4,
        worker_memory_gib=16,
        worker_disk_gib=100,
        max_gpu_vcpus=32,
        notification_functions=5,
        max_concurrent_shards=4,
        import_workers=2,
        batches_per_worker=2,
        ingress_cpu_units=512,
        ingress_memory_mib=1024,
        ingress_tasks=1,
        max_ingress_tasks=4,
        uploads_at_once=16,
        search_instance="t3.small.search",
        search_nodes=1,
        search_disk_gib=20,
        search_shards=2,
        search_replicas=0,
        search_exact_vectors=600_000,
        search_max_ocus=4,
    ),
    Size.STANDARD: Sizing(
        access_log_days=365,
        function_log_days=90,
        requests_per_second=500,
        request_burst=800,
        snap_start=True,
        web_firewall=True,
        performance_alarms=True,
        worker_vcpus=4,
        worker_memory_gib=30,
        worker_disk_gib=200,
        max_gpu_vcpus=256,
        notification_functions=50,
        max_concurrent_shards=16,
        import_workers=8,
        batches_per_worker=2,
        ingress_cpu_units=1024,
        ingress_memory_mib=2048,
        ingress_tasks=2,
        max_ingress_tasks=8,
        uploads_at_once=32,
        search_instance="r7g.large.search",
        search_nodes=2,
        search_disk_gib=100,
        search_shards=4,
        search_replicas=1,
        search_exact_vectors=3_000_000,
        search_max_ocus=8,
    ),
}
