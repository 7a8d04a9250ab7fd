"""Quotas of the account that a deployment needs, compared with those that it has."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from infra.account import client
from infra.configuration import Configuration, Worker
from infra.function_limits import (
    ALERTS_AT_ONCE,
    ANNOUNCEMENTS_AT_ONCE,
    AUTOMATION_EXPORTS_AT_ONCE,
    AUTOMATION_RUNS_AT_ONCE,
    LISTINGS_AT_ONCE,
    UPLOADS_AT_ONCE,
)
from infra.sizes import Sizing

_STREAM_SHARDS: Final = 10
"""Assumption: Lambda calls the dispatcher once at a time for each shard of the table's stream. A new table
without provisioned capacity serves 4,000 write units a second, and a shard has up to 1,000 of them."""

_SWEEPERS: Final = 2

_UNITS_PER_VCPU: Final = 1024
_GPU_FAMILIES: Final = ("g", "vt")


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota as Service Quotas names it."""

    service: str
    code: str
    name: str


FARGATE_ON_DEMAND: Final = Quota("fargate", "L-3032A538", "Fargate On-Demand vCPU resource count")
FARGATE_SPOT: Final = Quota("fargate", "L-36FBB829", "Fargate Spot vCPU resource count")
GPU_ON_DEMAND: Final = Quota("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances")
GPU_SPOT: Final = Quota("ec2", "L-3819A6DF", "All G and VT Spot Instance Requests")
LAMBDA_CONCURRENCY: Final = Quota("lambda", "L-B99A9384", "Concurrent executions")


def needed_quotas(configuration: Configuration) -> dict[Quota, int]:
    """Return what the deployment needs of each quota when it is busy: vCPUs, or concurrent executions."""
    limits = configuration.worker_limits
    needed = {LAMBDA_CONCURRENCY: _concurrent_functions(configuration.sizing), FARGATE_ON_DEMAND: 0}
    if configuration.worker is Worker.CPU:
        needed |= {FARGATE_SPOT: limits.spot, FARGATE_ON_DEMAND: limits.on_demand}
    elif any(machine.startswith(_GPU_FAMILIES) for machine in configuration.gpu_machines.split(",")):
        needed |= {GPU_SPOT: limits.spot, GPU_ON_DEMAND: limits.on_demand}
    needed[FARGATE_ON_DEMAND] += _ingress_vcpus(configuration)
    return {quota: amount for quota, amount in needed.items() if amount}


def _concurrent_functions(sizing: Sizing) -> int:
    """Return the concurrent executions of a burst of requests while events, due work and uploads are busy.

    The limits of the functions' event sources bound the latter. No concurrency is reserved: an account must
    keep 100 executions without a reservation, and a new one has fewer. Steps of workflows are left out,
    because they are few, and workflows retry those that Lambda throttles.
    """
    consumers = 2 * sizing.notification_functions + ALERTS_AT_ONCE + AUTOMATION_RUNS_AT_ONCE
    consumers += AUTOMATION_EXPORTS_AT_ONCE + LISTINGS_AT_ONCE + ANNOUNCEMENTS_AT_ONCE
    return sizing.request_burst + consumers + UPLOADS_AT_ONCE + _STREAM_SHARDS + _SWEEPERS


def quota_notes(configuration: Configuration) -> Iterator[str]:
    """Yield one sentence for each quota that is too low, which says what to ask AWS for.

    None of them prevents the deployment: jobs wait, and requests above the quota of Lambda are refused.
    """
    if configuration.emulator:
        return
    quotas = client("service-quotas", configuration.region)
    found = dict[Quota, float]()
    needed = needed_quotas(configuration)
    for quota, amount in needed.items():
        try:
            found[quota] = _value(quotas, quota)
        except (BotoCoreError, ClientError) as error:
            yield (
                f"The account's quotas could not be compared with what this deployment needs, because "
                f"`{quota.name}` cannot be read: {error}."
            )
            return
        if found[quota] < amount:
            yield _request(quota, found[quota], amount, configuration.region)
    yield from _unused(configuration, found)


def _value(quotas: Any, quota: Quota) -> float:
    """Return the account's value of a quota, or AWS's default if the account has none of its own."""
    named = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        answer = quotas.get_service_quota(**named)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchResourceException":
            raise
        answer = quotas.get_aws_default_service_quota(**named)
    return float(answer["Quota"]["Value"])


def _request(quota: Quota, value: float, amount: int, region: str) -> str:
    return (
        f"Ask AWS to raise the quota `{quota.name}` in {region} from {value:g} to {amount}: "
        f"aws service-quotas request-service-quota-increase --region {region} "
        f"--service-code {quota.service} --quota-code {quota.code} --desired-value {amount}"
    )


def _unused(configuration: Configuration, found: dict[Quota, float]) -> Iterator[str]:
    """Yield a sentence if the quotas of Fargate permit more workers than the default limit."""
    if configuration.worker is not Worker.CPU or configuration.worker_max_vcpus is not None:
        return
    on_demand = found[FARGATE_ON_DEMAND] - _ingress_vcpus(configuration)
    limits = configuration.worker_limits
    permitted = int(2 * min(on_demand, found[FARGATE_SPOT]) if limits.spot else on_demand)
    if permitted >= limits.spot + limits.on_demand + configuration.sizing.worker_vcpus:
        yield (
            f"Workers use at most {limits.spot + limits.on_demand} vCPUs; the account's quotas permit "
            f"-c worker_max_vcpus={permitted}."
        )


def _ingress_vcpus(configuration: Configuration) -> int:
    if not configuration.has_streaming_ingress:
        return 0
    sizing = configuration.sizing
    return math.ceil(sizing.max_ingress_tasks * sizing.ingress_cpu_units / _UNITS_PER_VCPU)
