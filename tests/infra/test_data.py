"""Data stack: encryption, access, recovery, retention and exports."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain import blob_keys
from tests.infra.conftest import Synthesise, Template
from tests.infra.templates import only_resource, properties, resources


def media_bucket(template: Template) -> tuple[str, dict[str, Any]]:
    """Return the media bucket, the only bucket with an access log."""
    ((name, found),) = (
        (name, found["Properties"])
        for name, found in resources(template, "AWS::S3::Bucket").items()
        if "LoggingConfiguration" in found["Properties"]
    )
    return name, found


def statements(template: Template, bucket: str) -> list[dict[str, Any]]:
    """Return the statements of the bucket's policy."""
    (policy,) = (
        each["Properties"]
        for each in resources(template, "AWS::S3::BucketPolicy").values()
        if each["Properties"]["Bucket"] == {"Ref": bucket}
    )
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_table_has_keys_of_port_and_time_to_live(data: Template) -> None:
    _, table = only_resource(data, "AWS::DynamoDB::GlobalTable")
    assert table["KeySchema"] == [
        {"AttributeName": "partition", "KeyType": "HASH"},
        {"AttributeName": "sort", "KeyType": "RANGE"},
    ]
    assert {each["AttributeType"] for each in table["AttributeDefinitions"]} == {"S"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_table_has_point_in_time_recovery(data: Template) -> None:
    _, table = only_resource(data, "AWS::DynamoDB::GlobalTable")
    (replica,) = table["Replicas"]
    assert replica["Region"] == "eu-central-1"
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_records_and_media_are_encrypted_with_customer_key(data: Template) -> None:
    name, key = only_resource(data, "AWS::KMS::Key")
    arn = {"Fn::GetAtt": [name, "Arn"]}
    assert key["EnableKeyRotation"] is True

    _, table = only_resource(data, "AWS::DynamoDB::GlobalTable")
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


def test_only_s3_may_write_access_logs_of_media_bucket(data: Template) -> None:
    media_name, media = media_bucket(data)
    logs = media["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    (allowed,) = (each for each in statements(data, logs) if each["Effect"] == "Allow")
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Condition"]["ArnLike"] == {"aws:SourceArn": {"Fn::GetAtt": [media_name, "Arn"]}}


def test_only_import_leftovers_expire(data: Template) -> None:
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


def test_media_bucket_keeps_no_versions(data: Template) -> None:
    assert "VersioningConfiguration" not in media_bucket(data)[1]


def test_media_bucket_sends_events_without_function(data: Template) -> None:
    _, media = media_bucket(data)
    assert media["NotificationConfiguration"]["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}
    assert not resources(data, "AWS::Lambda::Function")


def test_stateful_resources_are_retained(data: Template) -> None:
    holders = ("AWS::KMS::Key", "AWS::DynamoDB::GlobalTable", "AWS::S3::Bucket")
    kept = [each for kind in holders for each in resources(data, kind).values()]
    assert len(kept) == 4
    assert {(each["DeletionPolicy"], each["UpdateReplacePolicy"]) for each in kept} == {("Retain", "Retain")}


def test_data_stack_exports_expected_names(data: Template) -> None:
    exports = {each["Export"]["Name"]: each["Value"] for each in data["Outputs"].values()}
    domain = only_resource(data, "AWS::OpenSearchService::Domain")[0]
    endpoint = {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [domain, "DomainEndpoint"]}, ":443"]]}
    issuer = {name: exports.pop(f"videovector-server-Token{name}") for name in ("Issuer", "Audience")}
    assert issuer["Audience"] == {"Ref": only_resource(data, "AWS::Cognito::UserPoolClient")[0]}
    assert {"Ref": only_resource(data, "AWS::Cognito::UserPool")[0]} in issuer["Issuer"]["Fn::Join"][1]
    assert exports == {
        "videovector-server-RecordsTable": {"Ref": only_resource(data, "AWS::DynamoDB::GlobalTable")[0]},
        "videovector-server-RecordsStream": {
            "Fn::GetAtt": [only_resource(data, "AWS::DynamoDB::GlobalTable")[0], "StreamArn"]
        },
        "videovector-server-MediaBucket": {"Ref": media_bucket(data)[0]},
        "videovector-server-EncryptionKey": {"Fn::GetAtt": [only_resource(data, "AWS::KMS::Key")[0], "Arn"]},
        "videovector-server-EncryptionKeyId": {"Ref": only_resource(data, "AWS::KMS::Key")[0]},
        "videovector-server-SearchEndpoint": endpoint,
        "videovector-server-SearchArn": {"Fn::GetAtt": [domain, "Arn"]},
        "videovector-server-SearchName": {"Ref": domain},
    }


def test_domain_is_encrypted_and_requires_signed_requests(data: Template) -> None:
    _, domain = only_resource(data, "AWS::OpenSearchService::Domain")
    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
    (statement,) = domain["AccessPolicies"]["Statement"]
    assert statement["Principal"]["AWS"]["Fn::Join"][1][-1] == ":root"


def test_log_policy_precedes_domain(data: Template) -> None:
    """AWS refuses to create a domain that cannot write its logs."""
    (domain,) = resources(data, "AWS::OpenSearchService::Domain").values()
    policy, written = only_resource(data, "AWS::Logs::ResourcePolicy")
    assert policy in domain["DependsOn"]
    (log,) = {
        each["CloudWatchLogsLogGroupArn"]["Fn::GetAtt"][0]
        for each in domain["Properties"]["LogPublishingOptions"].values()
    }
    assert {"Fn::GetAtt": [log, "Arn"]} in written["PolicyDocument"]["Fn::Join"][1]


def test_new_opensearch_version_upgrades_domain_in_place(data: Template) -> None:
    (domain,) = resources(data, "AWS::OpenSearchService::Domain").values()
    assert domain["UpdatePolicy"] == {"EnableVersionUpgrade": True}
    assert (domain["DeletionPolicy"], domain["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_collection_scales_to_zero_and_uses_customer_key(
    standard: Mapping[str, Template],
) -> None:
    template = standard["data"]
    _, group = only_resource(template, "AWS::OpenSearchServerless::CollectionGroup")
    assert group["Generation"] == "NEXTGEN"
    most = {"MaxIndexingCapacityInOcu": 8, "MaxSearchCapacityInOcu": 8}
    assert (group["CapacityLimits"], group["StandbyReplicas"]) == (most, "ENABLED")
    _, collection = only_resource(template, "AWS::OpenSearchServerless::Collection")
    assert (collection["Type"], collection["CollectionGroupName"]) == ("VECTORSEARCH", group["Name"])
    encryption, network = properties(template, "AWS::OpenSearchServerless::SecurityPolicy")
    assert {"Fn::GetAtt": [only_resource(template, "AWS::KMS::Key")[0], "Arn"]} in encryption["Policy"][
        "Fn::Join"
    ][1]
    assert network["Type"] == "network"


def test_external_engine_creates_no_opensearch_resource(emulated: Mapping[str, Template]) -> None:
    assert not [each for each in emulated["data"]["Resources"].values() if "OpenSearch" in each["Type"]]


@pytest.mark.parametrize(("choice", "protected"), [("true", True), ("false", False)])
def test_table_has_chosen_deletion_protection(
    synthesise_data: Synthesise, choice: str, protected: bool
) -> None:
    template = synthesise_data(deletion_protection=choice)
    _, table = only_resource(template, "AWS::DynamoDB::GlobalTable")
    assert table["Replicas"][0]["DeletionProtectionEnabled"] is protected


def test_chosen_name_region_and_size_are_applied(synthesise_data: Synthesise) -> None:
    template = synthesise_data(name="films", region="us-east-1", size="standard")
    assert only_resource(template, "AWS::DynamoDB::GlobalTable")[1]["Replicas"][0]["Region"] == "us-east-1"
    assert all(each["Export"]["Name"].startswith("films-") for each in template["Outputs"].values())
    logs = media_bucket(template)[1]["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    (rule,) = template["Resources"][logs]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 365
