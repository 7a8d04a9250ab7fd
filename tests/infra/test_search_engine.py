"""Search engines: index layout, names, retention, data access policies and alarms."""

import json
from collections.abc import Mapping
from typing import Any

from infra.sizes import SIZINGS, Size
from tests.infra.conftest import Synthesise, Template
from tests.infra.templates import only_resource, properties, resources

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
    """Return the data access policy, with intrinsic functions replaced by ``...``."""
    (found,) = properties(template, "AWS::OpenSearchServerless::AccessPolicy")
    text = "".join(part if isinstance(part, str) else "..." for part in found["Policy"]["Fn::Join"][1])
    entries: list[dict[str, Any]] = json.loads(text)
    return entries


def permissions(entry: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the permissions of a policy entry by resource type."""
    return {rule["ResourceType"]: set(rule["Permission"]) for rule in entry["Rules"]}


def alarms_by_name(template: Template) -> dict[str, Any]:
    """Return the properties of all alarms by name."""
    return {each["AlarmName"]: each for each in properties(template, "AWS::CloudWatch::Alarm")}


def test_functions_and_worker_share_index_layout_of_size(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates, size in ((stacks, Size.IDLE_ZERO), (standard, Size.STANDARD)):
        sizing = SIZINGS[size]
        wanted = {
            "VIDEOVECTOR_SERVER_SEARCH_SHARDS": str(sizing.search_shards),
            "VIDEOVECTOR_SERVER_SEARCH_REPLICAS": str(sizing.search_replicas),
            "VIDEOVECTOR_SERVER_SEARCH_EXACT_VECTORS": str(sizing.search_exact_vectors),
        }
        environments = [
            each.get("Environment", {}).get("Variables", {})
            for title in ("api", "processing")
            for each in properties(templates[title], "AWS::Lambda::Function")
        ]
        _, job = only_resource(templates["compute"], "AWS::Batch::JobDefinition")
        environments.append(
            {each["Name"]: each["Value"] for each in job["ContainerProperties"]["Environment"]}
        )
        searching = [each for each in environments if "VIDEOVECTOR_SERVER_SEARCH_ENDPOINT" in each]
        assert len(searching) == 5
        assert all(wanted.items() <= each.items() for each in searching)
        assert sizing.search_replicas < sizing.search_nodes


def test_domain_name_is_generated(data: Template) -> None:
    _, domain = only_resource(data, "AWS::OpenSearchService::Domain")
    assert "DomainName" not in domain


def test_collection_name_ends_with_stack_id(synthesise_data: Synthesise) -> None:
    template = synthesise_data(search_engine="serverless", name="a" * 21)
    named = (
        "AWS::OpenSearchServerless::Collection",
        "AWS::OpenSearchServerless::CollectionGroup",
        "AWS::OpenSearchServerless::SecurityPolicy",
    )
    names = [each["Name"]["Fn::Join"][1] for kind in named for each in properties(template, kind)]
    assert names == [[f"{'a' * 21}-", STACK_SUFFIX]] * 4
    assert len("a" * 21) + len("-01234567") <= 32  # AWS's longest name


def test_protected_collection_is_retained_with_its_policies(
    synthesise_data: Synthesise,
) -> None:
    for protection, policy in (("true", "RetainExceptOnCreate"), ("false", "Delete")):
        template = synthesise_data(search_engine="serverless", deletion_protection=protection)
        serverless = [each for each in template["Resources"].values() if "Serverless" in each["Type"]]
        assert len(serverless) == 4
        assert {each["DeletionPolicy"] for each in serverless} == {policy}


def test_collection_of_small_size_has_maximum_but_no_minimum(synthesise_data: Synthesise) -> None:
    _, group = only_resource(
        synthesise_data(search_engine="serverless"), "AWS::OpenSearchServerless::CollectionGroup"
    )
    sizing = SIZINGS[Size.IDLE_ZERO]
    assert group["StandbyReplicas"] == "ENABLED"  # as in AWS's example commands for this generation
    assert group["CapacityLimits"]["MaxSearchCapacityInOcu"] == sizing.search_max_ocus
    assert "MinSearchCapacityInOcu" not in group["CapacityLimits"]


def test_data_access_policies_grant_each_role_its_permissions(standard: Mapping[str, Template]) -> None:
    (searchers,) = policy(standard["api"])
    assert permissions(searchers) == {"index": {"aoss:DescribeIndex", "aoss:ReadDocument"}}
    assert len(searchers["Principal"]) == 3
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


def test_functions_sign_search_requests_for_collection(standard: Mapping[str, Template]) -> None:
    searching = [
        each["Environment"]["Variables"]
        for each in properties(standard["api"], "AWS::Lambda::Function")
        if "VIDEOVECTOR_SERVER_SEARCH_SERVICE" in each.get("Environment", {}).get("Variables", {})
    ]
    assert searching
    assert {each["VIDEOVECTOR_SERVER_SEARCH_SERVICE"] for each in searching} == {"aoss"}


def test_domain_has_alarms_on_disk_memory_and_health(stacks: Mapping[str, Template]) -> None:
    found = alarms_by_name(stacks["observability"])
    disk = found["videovector-server-search-disk"]
    assert (disk["MetricName"], disk["ComparisonOperator"]) == ("FreeStorageSpace", "LessThanThreshold")
    assert disk["Threshold"] == SIZINGS[Size.IDLE_ZERO].search_disk_gib * 1024 / 4
    assert found["videovector-server-search-memory"]["MetricName"] == "JVMMemoryPressure"
    assert found["videovector-server-search-red"]["MetricName"] == "ClusterStatus.red"
    (domain,) = (each["Value"] for each in disk["Dimensions"] if each["Name"] == "DomainName")
    assert domain == {"Fn::ImportValue": "videovector-server-SearchName"}


def test_collection_has_alarms_on_errors_and_capacity(standard: Mapping[str, Template]) -> None:
    found = alarms_by_name(standard["observability"])
    assert found["videovector-server-search-errors"]["MetricName"] == "5xx"
    assert found["videovector-server-search-refused"]["MetricName"] == "IngestionRequestErrors"
    most = SIZINGS[Size.STANDARD].search_max_ocus
    for side, name in (("searching", "SearchOCU"), ("indexing", "IndexingOCU")):
        alarm = found[f"videovector-server-search-capacity-{side}"]
        assert (alarm["MetricName"], alarm["Threshold"]) == (name, most - 0.5)


def test_external_engine_has_no_alarms(emulated: Mapping[str, Template]) -> None:
    names = alarms_by_name(emulated["observability"])
    assert not [name for name in names if name.startswith("videovector-server-search-")]
    assert not resources(emulated["data"], "AWS::OpenSearchService::Domain")
