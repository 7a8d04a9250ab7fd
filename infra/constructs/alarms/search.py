"""Alarms of the search engine: health of a domain, or errors and capacity of a serverless collection.

Sources: "Recommended CloudWatch alarms for Amazon OpenSearch Service" and "Monitoring OpenSearch Serverless
with Amazon CloudWatch", both in AWS's developer guide. Capacity metrics belong to the collection group, which
has the collection's name. AWS does not document that dimension; it is taken from third-party usage.
"""

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.configuration import SearchEngine
from infra.constructs.alarms.topic import Alarms, metric
from infra.names import Names

_MIB_PER_GIB = 1024
_FREE_SHARE = 0.25
_MAX_MEMORY_PERCENT = 95
_MAX_CPU_PERCENT = 80


def add_search_alarms(alarms: Alarms, names: Names) -> list[cloudwatch.Metric]:
    """Add the engine's alarms. Returns its health metrics, or none for an external engine."""
    if names.configuration.search_engine is SearchEngine.DOMAIN:
        return _add_domain_alarms(alarms, names)
    if names.configuration.search_engine is SearchEngine.SERVERLESS:
        return _add_collection_alarms(alarms, names)
    return []


def _add_domain_alarms(alarms: Alarms, names: Names) -> list[cloudwatch.Metric]:
    sizing = names.configuration.sizing

    def measured(of: str, statistic: str = "Maximum") -> cloudwatch.Metric:
        return metric(
            "AWS/ES", of, statistic, DomainName=names.exported("SearchName"), ClientId=Aws.ACCOUNT_ID
        )

    free, memory, red = (
        measured("FreeStorageSpace", "Minimum"),
        measured("JVMMemoryPressure"),
        measured("ClusterStatus.red"),
    )
    alarms.add(
        "search-disk",
        free,
        "An OpenSearch node has less than 25 % of its disk free. OpenSearch blocks writes when it is full.",
        threshold=sizing.search_disk_gib * _MIB_PER_GIB * _FREE_SHARE,
        below=True,
    )
    alarms.add(
        "search-memory",
        memory,
        f"The JVM memory pressure of OpenSearch exceeds {_MAX_MEMORY_PERCENT} % for 15 minutes.",
        threshold=_MAX_MEMORY_PERCENT,
        periods=3,
    )
    alarms.add(
        "search-red",
        red,
        "A primary shard of the search index is not allocated. Searches miss its documents.",
    )
    alarms.add(
        "search-writes-blocked",
        measured("ClusterIndexWritesBlocked"),
        "OpenSearch blocks writes, because disk space or memory is low.",
    )
    if sizing.performance_alarms:
        alarms.add(
            "search-processor",
            measured("CPUUtilization", "Average"),
            f"The CPU utilization of OpenSearch exceeds {_MAX_CPU_PERCENT} % for 15 minutes.",
            threshold=_MAX_CPU_PERCENT,
            periods=3,
        )
    return [free, memory, red]


def _add_collection_alarms(alarms: Alarms, names: Names) -> list[cloudwatch.Metric]:
    name, most = names.exported("SearchName"), names.configuration.sizing.search_max_ocus

    def measured(of: str) -> cloudwatch.Metric:
        identifier = names.exported("SearchId")
        return metric(
            "AWS/AOSS", of, "Sum", ClientId=Aws.ACCOUNT_ID, CollectionId=identifier, CollectionName=name
        )

    errors, refused = measured("5xx"), measured("IngestionRequestErrors")
    alarms.add("search-errors", errors, "OpenSearch Serverless answered requests with 5xx.", threshold=5)
    alarms.add("search-refused", refused, "OpenSearch Serverless rejected documents.", threshold=5)
    used = [_capacity(names, f"{side}OCU") for side in ("Search", "Indexing")]
    for side, capacity in zip(("searching", "indexing"), used, strict=True):
        alarms.add(
            f"search-capacity-{side}",
            capacity,
            f"OpenSearch Serverless has used its maximum capacity for {side} for 15 minutes. "
            "Requests may be slow, and the capacity is billed.",
            threshold=most - 0.5,
            periods=3,
        )
    return [errors, refused, *used]


def _capacity(names: Names, of: str) -> cloudwatch.Metric:
    return metric(
        "AWS/AOSS",
        of,
        "Maximum",
        ClientId=Aws.ACCOUNT_ID,
        CollectionGroupId=names.exported("SearchGroupId"),
        CollectionGroupName=names.exported("SearchName"),
    )
