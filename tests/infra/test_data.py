"""The data stack keeps what it is given: encrypted, private, recoverable, and after its own end."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain import blob_keys
from tests.infra.conftest import Synthesise, Template
from tests.infra.templates import properties, resources, the_only


def media_bucket(template: Template) -> tuple[str, dict[str, Any]]:
    """The one that writes access logs."""
    ((name, found),) = (
        (name, found["Properties"])
        for name, found in resources(template, "AWS::S3::Bucket").items()
        if "LoggingConfiguration" in found["Properties"]
    )
    return name, found


def statements(template: Template, bucket: str) -> list[dict[str, Any]]:
    (policy,) = (
        each["Properties"]
        for each in resources(template, "AWS::S3::BucketPolicy").values()
        if each["Properties"]["Bucket"] == {"Ref": bucket}
    )
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_records_are_keyed_as_the_port_says_and_expire(data: Template) -> None:
    _, table = the_only(data, "AWS::DynamoDB::GlobalTable")
    assert table["KeySchema"] == [
        {"AttributeName": "partition", "KeyType": "HASH"},
        {"AttributeName": "sort", "KeyType": "RANGE"},
    ]
    assert {each["AttributeType"] for each in table["AttributeDefinitions"]} == {"S"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_records_can_be_restored_to_any_second(data: Template) -> None:
    _, table = the_only(data, "AWS::DynamoDB::GlobalTable")
    (replica,) = table["Replicas"]
    assert replica["Region"] == "eu-central-1"
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_records_and_media_are_encrypted_with_the_customers_key(data: Template) -> None:
    name, key = the_only(data, "AWS::KMS::Key")
    arn = {"Fn::GetAtt": [name, "Arn"]}
    assert key["EnableKeyRotation"] is True

    _, table = the_only(data, "AWS::DynamoDB::GlobalTable")
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["Replicas"][0]["SSESpecification"] == {"KMSMasterKeyId": arn}

    _, media = media_bucket(data)
    (rule,) = media["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    assert rule["BucketKeyEnabled"] is True


def test_no_bucket_can_be_reached_without_tls(data: Template) -> None:
    buckets = resources(data, "AWS::S3::Bucket")
    assert len(buckets) == 2
    for name in buckets:
        insecure = {"Bool": {"aws:SecureTransport": "false"}}
        (denial,) = (each for each in statements(data, name) if each.get("Condition") == insecure)
        assert (denial["Effect"], denial["Action"], denial["Principal"]) == ("Deny", "s3:*", {"AWS": "*"})
        arn = {"Fn::GetAtt": [name, "Arn"]}
        assert denial["Resource"] == [arn, {"Fn::Join": ["", [arn, "/*"]]}]


def test_no_bucket_is_public_nor_by_default_open_to_browsers(data: Template) -> None:
    for bucket in resources(data, "AWS::S3::Bucket").values():
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(properties["PublicAccessBlockConfiguration"]) == 4
        assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert "CorsConfiguration" not in properties


def test_only_the_log_service_may_write_access_logs_and_only_for_the_media(data: Template) -> None:
    media_name, media = media_bucket(data)
    logs = media["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    (allowed,) = (each for each in statements(data, logs) if each["Effect"] == "Allow")
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Condition"]["ArnLike"] == {"aws:SourceArn": {"Fn::GetAtt": [media_name, "Arn"]}}


def test_left_overs_of_imports_go_by_themselves_and_nothing_else_does(data: Template) -> None:
    _, media = media_bucket(data)
    unfinished, left_over = media["LifecycleConfiguration"]["Rules"]
    assert unfinished["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert "ExpirationInDays" not in unfinished
    assert left_over["ExpirationInDays"] == 7
    assert blob_keys.import_source("t", "job", "file").startswith(left_over["Prefix"])
    for kept in (
        blob_keys.media_folder("t", "vid"),
        blob_keys.content_folder("t", "hash"),
        "drop/t/film.mp4",
    ):
        assert not kept.startswith(left_over["Prefix"])


def test_deleted_media_leave_no_version_behind(data: Template) -> None:
    assert "VersioningConfiguration" not in media_bucket(data)[1]


def test_new_objects_are_announced_without_a_function_for_it(data: Template) -> None:
    _, media = media_bucket(data)
    assert media["NotificationConfiguration"]["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}
    assert not resources(data, "AWS::Lambda::Function")


def test_everything_that_holds_data_outlives_the_stack(data: Template) -> None:
    holders = ("AWS::KMS::Key", "AWS::DynamoDB::GlobalTable", "AWS::S3::Bucket")
    kept = [each for kind in holders for each in resources(data, kind).values()]
    assert len(kept) == 4
    assert {(each["DeletionPolicy"], each["UpdateReplacePolicy"]) for each in kept} == {("Retain", "Retain")}


def test_other_stacks_find_what_they_need_by_name(data: Template) -> None:
    exports = {each["Export"]["Name"]: each["Value"] for each in data["Outputs"].values()}
    domain = the_only(data, "AWS::OpenSearchService::Domain")[0]
    endpoint = {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [domain, "DomainEndpoint"]}, ":443"]]}
    issuer = {name: exports.pop(f"videovector-server-Token{name}") for name in ("Issuer", "Audience")}
    assert issuer["Audience"] == {"Ref": the_only(data, "AWS::Cognito::UserPoolClient")[0]}
    assert {"Ref": the_only(data, "AWS::Cognito::UserPool")[0]} in issuer["Issuer"]["Fn::Join"][1]
    assert exports == {
        "videovector-server-RecordsTable": {"Ref": the_only(data, "AWS::DynamoDB::GlobalTable")[0]},
        "videovector-server-MediaBucket": {"Ref": media_bucket(data)[0]},
        "videovector-server-EncryptionKey": {"Fn::GetAtt": [the_only(data, "AWS::KMS::Key")[0], "Arn"]},
        "videovector-server-EncryptionKeyId": {"Ref": the_only(data, "AWS::KMS::Key")[0]},
        "videovector-server-SearchEndpoint": endpoint,
        "videovector-server-SearchArn": {"Fn::GetAtt": [domain, "Arn"]},
        "videovector-server-SearchName": {"Ref": domain},
    }


def test_the_search_domain_is_encrypted_and_asks_everybody_to_sign(data: Template) -> None:
    _, domain = the_only(data, "AWS::OpenSearchService::Domain")
    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
    (statement,) = domain["AccessPolicies"]["Statement"]
    assert statement["Principal"]["AWS"]["Fn::Join"][1][-1] == ":root"


def test_a_search_domain_may_write_its_log_before_it_is_made(data: Template) -> None:
    """It is refused otherwise."""
    (domain,) = resources(data, "AWS::OpenSearchService::Domain").values()
    policy, written = the_only(data, "AWS::Logs::ResourcePolicy")
    assert policy in domain["DependsOn"]
    (log,) = {
        each["CloudWatchLogsLogGroupArn"]["Fn::GetAtt"][0]
        for each in domain["Properties"]["LogPublishingOptions"].values()
    }
    assert {"Fn::GetAtt": [log, "Arn"]} in written["PolicyDocument"]["Fn::Join"][1]


def test_another_version_of_opensearch_makes_no_other_domain(data: Template) -> None:
    (domain,) = resources(data, "AWS::OpenSearchService::Domain").values()
    assert domain["UpdatePolicy"] == {"EnableVersionUpgrade": True}
    assert (domain["DeletionPolicy"], domain["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_a_serverless_collection_costs_nothing_while_idle_and_is_under_our_key(
    standard: Mapping[str, Template],
) -> None:
    template = standard["data"]
    _, group = the_only(template, "AWS::OpenSearchServerless::CollectionGroup")
    assert group["Generation"] == "NEXTGEN"
    most = {"MaxIndexingCapacityInOcu": 8, "MaxSearchCapacityInOcu": 8}
    assert (group["CapacityLimits"], group["StandbyReplicas"]) == (most, "ENABLED")
    _, collection = the_only(template, "AWS::OpenSearchServerless::Collection")
    assert (collection["Type"], collection["CollectionGroupName"]) == ("VECTORSEARCH", group["Name"])
    encryption, network = properties(template, "AWS::OpenSearchServerless::SecurityPolicy")
    assert {"Fn::GetAtt": [the_only(template, "AWS::KMS::Key")[0], "Arn"]} in encryption["Policy"][
        "Fn::Join"
    ][1]
    assert network["Type"] == "network"


def test_a_search_engine_that_exists_already_is_left_alone(emulated: Mapping[str, Template]) -> None:
    assert not [each for each in emulated["data"]["Resources"].values() if "OpenSearch" in each["Type"]]


@pytest.mark.parametrize(("chosen", "protected"), [("true", True), ("false", False)])
def test_deletion_protection_is_a_choice(synthesise_data: Synthesise, chosen: str, protected: bool) -> None:
    template = synthesise_data(deletion_protection=chosen)
    _, table = the_only(template, "AWS::DynamoDB::GlobalTable")
    assert table["Replicas"][0]["DeletionProtectionEnabled"] is protected


def test_a_deployment_chooses_its_name_region_and_size(synthesise_data: Synthesise) -> None:
    template = synthesise_data(name="films", region="us-east-1", size="standard")
    assert the_only(template, "AWS::DynamoDB::GlobalTable")[1]["Replicas"][0]["Region"] == "us-east-1"
    assert all(each["Export"]["Name"].startswith("films-") for each in template["Outputs"].values())
    logs = media_bucket(template)[1]["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    (rule,) = template["Resources"][logs]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 365
