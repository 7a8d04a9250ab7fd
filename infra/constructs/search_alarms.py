"""Alarms of the search engine: of its disk and health, or of what Serverless uses and refuses.

Sources: "Recommended CloudWatch alarms for Amazon OpenSearch Service" and "Monitoring OpenSearch
Serverless with Amazon CloudWatch", both in AWS's developer guide. Capacity is counted for a collection's
group, which has the collection's name; that dimension is as others use it, not as AWS documents it.
"""

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.configuration import SearchEngine
from infra.constructs.alarms import Alarms, metric
from infra.names import Names

_MIB_PER_GIB = 1024
_FREE_SHARE = 0.25
_MOST_MEMORY_PERCENT = 95
_MOST_CPU_PERCENT = 80


def search_alarms(alarms: Alarms, names: Names) -> list[cloudwatch.Metric]:
    """What shows whether the engine is well; nothing where it is somebody else's."""
    if names.configuration.search_engine is SearchEngine.DOMAIN:
        return _of_domain(alarms, names)
    if names.configuration.search_engine is SearchEngine.SERVERLESS:
        return _of_collection(alarms, names)
    return []


def _of_domain(alarms: Alarms, names: Names) -> list[cloudwatch.Metric]:
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
        "A node of OpenSearch has less than a quarter of its disk left. When it is full, nothing is indexed.",
        threshold=sizing.search_disk_gib * _MIB_PER_GIB * _FREE_SHARE,
        below=True,
    )
    alarms.add(
        "search-memory",
        memory,
        "OpenSearch is about to run out of memory for its objects.",
        threshold=_MOST_MEMORY_PERCENT,
        periods=3,
    )
    alarms.add("search-red", red, "A part of the search index is on no node: what is in it is not found.")
    alarms.add(
        "search-writes-blocked",
        measured("ClusterIndexWritesBlocked"),
        "OpenSearch refuses to index, for want of disk or memory.",
    )
    if sizing.every_alarm:
        alarms.add(
            "search-processor",
            measured("CPUUtilization", "Average"),
            "OpenSearch has been busy for a quarter of an hour.",
            threshold=_MOST_CPU_PERCENT,
            periods=3,
        )
    return [free, memory, red]


def _of_collection(alarms: Alarms, names: Names) -> list[cloudwatch.Metric]:
    name, most = names.exported("SearchName"), names.configuration.sizing.search_most_ocus

    def measured(of: str) -> cloudwatch.Metric:
        identifier = names.exported("SearchId")
        return metric(
            "AWS/AOSS", of, "Sum", ClientId=Aws.ACCOUNT_ID, CollectionId=identifier, CollectionName=name
        )

    errors, refused = measured("5xx"), measured("IngestionRequestErrors")
    alarms.add("search-errors", errors, "OpenSearch Serverless failed to answer.", threshold=5)
    alarms.add("search-refused", refused, "OpenSearch Serverless did not take documents.", threshold=5)
    used = [_capacity(names, f"{side}OCU") for side in ("Search", "Indexing")]
    for side, capacity in zip(("searching", "indexing"), used, strict=True):
        alarms.add(
            f"search-capacity-{side}",
            capacity,
            f"For a quarter of an hour {side} has used all the capacity it may have: it costs, and waits.",
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
