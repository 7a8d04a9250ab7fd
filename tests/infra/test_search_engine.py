"""Both search engines: what each role may do in a collection, that names do not collide, who is told."""

import json
from collections.abc import Mapping
from typing import Any

from infra.sizes import SIZINGS, Size
from tests.infra.conftest import Synthesise, Template
from tests.infra.templates import properties, resources, the_only

STACK_SUFFIX = {
    "Fn::Select": [
        0,
        {
            "Fn::Split": [
                "-",
                {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]},
            ]
        },
    ]
}


def policy(template: Template) -> list[dict[str, Any]]:
    """Of the documents; what CloudFormation fills in is left open."""
    (found,) = properties(template, "AWS::OpenSearchServerless::AccessPolicy")
    text = "".join(part if isinstance(part, str) else "..." for part in found["Policy"]["Fn::Join"][1])
    entries: list[dict[str, Any]] = json.loads(text)
    return entries


def permissions(entry: Mapping[str, Any]) -> dict[str, set[str]]:
    return {rule["ResourceType"]: set(rule["Permission"]) for rule in entry["Rules"]}


def alarmed(template: Template) -> dict[str, Any]:
    return {each["AlarmName"]: each for each in properties(template, "AWS::CloudWatch::Alarm")}


def test_functions_and_worker_make_the_index_alike_as_the_size_has_it(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates, size in ((stacks, Size.IDLE_ZERO), (standard, Size.STANDARD)):
        sizing = SIZINGS[size]
        wanted = {
            "VIDEOVECTOR_SERVER_SEARCH_SHARDS": str(sizing.search_shards),
            "VIDEOVECTOR_SERVER_SEARCH_REPLICAS": str(sizing.search_replicas),
            "VIDEOVECTOR_SERVER_SEARCH_EXACT_VECTORS": str(sizing.search_exact_vectors),
        }
        told = [
            each.get("Environment", {}).get("Variables", {})
            for title in ("api", "processing")
            for each in properties(templates[title], "AWS::Lambda::Function")
        ]
        _, job = the_only(templates["compute"], "AWS::Batch::JobDefinition")
        told.append({each["Name"]: each["Value"] for each in job["ContainerProperties"]["Environment"]})
        searching = [each for each in told if "VIDEOVECTOR_SERVER_SEARCH_ENDPOINT" in each]
        assert len(searching) == 4
        assert all(wanted.items() <= each.items() for each in searching)
        assert sizing.search_replicas < sizing.search_nodes


def test_a_domain_that_was_retained_is_not_in_the_way_of_the_next(data: Template) -> None:
    _, domain = the_only(data, "AWS::OpenSearchService::Domain")
    assert "DomainName" not in domain


def test_a_collection_that_was_retained_is_not_in_the_way_of_the_next(synthesise_data: Synthesise) -> None:
    template = synthesise_data(search_engine="serverless", name="a" * 21)
    named = (
        "AWS::OpenSearchServerless::Collection",
        "AWS::OpenSearchServerless::CollectionGroup",
        "AWS::OpenSearchServerless::SecurityPolicy",
    )
    names = [each["Name"]["Fn::Join"][1] for kind in named for each in properties(template, kind)]
    assert names == [[f"{'a' * 21}-", STACK_SUFFIX]] * 4
    assert len("a" * 21) + len("-01234567") <= 32  # the longest name that AWS takes


def test_a_collection_is_kept_with_all_it_needs_unless_protection_is_off(
    synthesise_data: Synthesise,
) -> None:
    for protection, kept in (("true", "RetainExceptOnCreate"), ("false", "Delete")):
        template = synthesise_data(search_engine="serverless", deletion_protection=protection)
        serverless = [each for each in template["Resources"].values() if "Serverless" in each["Type"]]
        assert len(serverless) == 4
        assert {each["DeletionPolicy"] for each in serverless} == {kept}


def test_the_small_size_has_a_lower_limit_and_no_least(synthesise_data: Synthesise) -> None:
    _, group = the_only(
        synthesise_data(search_engine="serverless"), "AWS::OpenSearchServerless::CollectionGroup"
    )
    sizing = SIZINGS[Size.IDLE_ZERO]
    assert group["StandbyReplicas"] == "ENABLED"  # as AWS's own commands for this generation have it
    assert group["CapacityLimits"]["MaxSearchCapacityInOcu"] == sizing.search_most_ocus
    assert "MinSearchCapacityInOcu" not in group["CapacityLimits"]


def test_each_role_may_do_in_a_collection_what_it_does_there(standard: Mapping[str, Template]) -> None:
    (searchers,) = policy(standard["api"])
    assert permissions(searchers) == {"index": {"aoss:DescribeIndex", "aoss:ReadDocument"}}
    assert len(searchers["Principal"]) == 2
    (erasers,) = policy(standard["processing"])
    assert permissions(erasers)["index"] == {
        "aoss:DescribeIndex",
        "aoss:ReadDocument",
        "aoss:WriteDocument",
    }
    assert permissions(erasers)["collection"] == {"aoss:DescribeCollectionItems"}
    (worker,) = policy(standard["compute"])
    assert {"aoss:CreateIndex", "aoss:DeleteIndex", "aoss:WriteDocument"} < permissions(worker)["index"]
    assert len(worker["Principal"]) == 1
    for entry in (searchers, erasers, worker):
        assert entry["Rules"][0]["Resource"] == ["index/.../videovector*"]


def test_functions_learn_that_it_is_a_collection(standard: Mapping[str, Template]) -> None:
    searching = [
        each["Environment"]["Variables"]
        for each in properties(standard["api"], "AWS::Lambda::Function")
        if "VIDEOVECTOR_SERVER_SEARCH_SERVICE" in each.get("Environment", {}).get("Variables", {})
    ]
    assert searching
    assert {each["VIDEOVECTOR_SERVER_SEARCH_SERVICE"] for each in searching} == {"aoss"}


def test_a_domain_tells_of_its_disk_memory_and_health(stacks: Mapping[str, Template]) -> None:
    found = alarmed(stacks["observability"])
    disk = found["videovector-server-search-disk"]
    assert (disk["MetricName"], disk["ComparisonOperator"]) == ("FreeStorageSpace", "LessThanThreshold")
    assert disk["Threshold"] == SIZINGS[Size.IDLE_ZERO].search_disk_gib * 1024 / 4
    assert found["videovector-server-search-memory"]["MetricName"] == "JVMMemoryPressure"
    assert found["videovector-server-search-red"]["MetricName"] == "ClusterStatus.red"
    (domain,) = (each["Value"] for each in disk["Dimensions"] if each["Name"] == "DomainName")
    assert domain == {"Fn::ImportValue": "videovector-server-SearchName"}


def test_a_collection_tells_of_its_errors_and_of_what_it_uses(standard: Mapping[str, Template]) -> None:
    found = alarmed(standard["observability"])
    assert found["videovector-server-search-errors"]["MetricName"] == "5xx"
    assert found["videovector-server-search-refused"]["MetricName"] == "IngestionRequestErrors"
    most = SIZINGS[Size.STANDARD].search_most_ocus
    for side, name in (("searching", "SearchOCU"), ("indexing", "IndexingOCU")):
        alarm = found[f"videovector-server-search-capacity-{side}"]
        assert (alarm["MetricName"], alarm["Threshold"]) == (name, most - 0.5)


def test_an_engine_of_ones_own_has_no_alarms_here(emulated: Mapping[str, Template]) -> None:
    names = alarmed(emulated["observability"])
    assert not [name for name in names if name.startswith("videovector-server-search-")]
    assert not resources(emulated["data"], "AWS::OpenSearchService::Domain")
