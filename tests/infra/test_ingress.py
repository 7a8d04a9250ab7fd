"""Streaming ingress: network access, timeouts, permissions, scaling, alarms and cost."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from functions.ingress.__main__ import KEEP_ALIVE_SECONDS, STOP_SECONDS
from functions.ingress.application import NAMESPACE, SLOTS_METRIC
from infra.cost.cost_model import ingress_month, ingress_table
from infra.intrinsics import as_text
from infra.permissions_table import role_holders
from infra.sizes import SIZINGS, Size
from layers.lock_files import REPOSITORY
from shared.http.cors import EXPOSED_HEADERS, MAX_AGE_SECONDS, METHODS, REQUEST_HEADERS
from shared.settings import Settings
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, properties, resources

_PATHS = {"/api/v2/videos/upload", "/api/v2/workflow/upload", "/api/v2/exports/*/download"}


@pytest.fixture(scope="module")
def chosen(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    return synthesise_all(streaming_ingress="true", browser_origins="https://page.example")


def distribution(templates: Mapping[str, Template]) -> dict[str, Any]:
    """Return the configuration of the CloudFront distribution."""
    found: dict[str, Any] = only_resource(templates["api"], "AWS::CloudFront::Distribution")[1]
    configuration: dict[str, Any] = found["DistributionConfig"]
    return configuration


def test_ingress_is_absent_by_default(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates in (stacks, standard):
        assert "ingress" not in templates
    assert not resources(stacks["api"], "AWS::CloudFront::Distribution")
    assert "CacheBehaviors" not in distribution(standard)


def test_cloudfront_routes_only_streamed_paths_to_ingress(
    chosen: Mapping[str, Template],
) -> None:
    found = distribution(chosen)
    origins = {each["Id"]: each for each in found["Origins"]}
    behaviors = {each["PathPattern"]: each for each in found["CacheBehaviors"]}
    assert set(behaviors) == _PATHS
    for each in (*behaviors.values(), found["DefaultCacheBehavior"]):
        assert each["ViewerProtocolPolicy"] == "https-only"
        assert "POST" in each["AllowedMethods"]
    hosts = [origins[each["TargetOriginId"]]["DomainName"] for each in behaviors.values()]
    assert hosts == [{"Fn::ImportValue": "videovector-server-IngressHost"}] * len(_PATHS)
    gateway = origins[found["DefaultCacheBehavior"]["TargetOriginId"]]
    assert gateway["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert "VpcOriginConfig" not in gateway


def test_timeouts_along_upload_path_are_consistent(chosen: Mapping[str, Template]) -> None:
    """Each client on the path closes idle connections before its server does."""
    (origin,) = (each for each in distribution(chosen)["Origins"] if "VpcOriginConfig" in each)
    _, balancer = only_resource(chosen["ingress"], "AWS::ElasticLoadBalancingV2::LoadBalancer")
    attributes = {each["Key"]: each["Value"] for each in balancer["LoadBalancerAttributes"]}
    idle = int(attributes["idle_timeout.timeout_seconds"])
    assert origin["VpcOriginConfig"]["OriginKeepaliveTimeout"] < idle < KEEP_ALIVE_SECONDS
    assert origin["VpcOriginConfig"]["OriginReadTimeout"] == 60
    _, task = only_resource(chosen["ingress"], "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    assert STOP_SECONDS < container["StopTimeout"] <= 120
    _, targets = only_resource(chosen["ingress"], "AWS::ElasticLoadBalancingV2::TargetGroup")
    draining = {each["Key"]: each["Value"] for each in targets["TargetGroupAttributes"]}
    assert draining["deregistration_delay.timeout_seconds"] == "3600"


def test_containers_accept_only_internal_load_balancer(
    chosen: Mapping[str, Template],
) -> None:
    template = chosen["ingress"]
    _, balancer = only_resource(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Scheme"] == "internal"
    zones = {each["Ref"] for each in balancer["Subnets"]}
    public = {
        name
        for name, each in resources(template, "AWS::EC2::Subnet").items()
        if each["Properties"]["MapPublicIpOnLaunch"]
    }
    assert zones.isdisjoint(public)
    routes = [
        table["Properties"]["SubnetId"]["Ref"]
        for table in resources(template, "AWS::EC2::SubnetRouteTableAssociation").values()
        if table["Properties"]["RouteTableId"]["Ref"]
        in {each["RouteTableId"]["Ref"] for each in properties(template, "AWS::EC2::Route")}
    ]
    assert set(routes) == public
    for rule in properties(template, "AWS::EC2::SecurityGroupIngress"):
        assert rule["SourceSecurityGroupId"]
        assert (rule["FromPort"], rule["ToPort"]) == (8080, 8080)
    _, origin = only_resource(template, "AWS::CloudFront::VpcOrigin")
    assert origin["VpcOriginEndpointConfig"]["OriginProtocolPolicy"] == "http-only"


def test_load_balancer_accepts_cloudfront_addresses(chosen: Mapping[str, Template]) -> None:
    """CloudFront's addresses are not the VPC's. A rule for the VPC's range would block CloudFront."""
    rules = [
        rule
        for group in properties(chosen["ingress"], "AWS::EC2::SecurityGroup")
        for rule in group.get("SecurityGroupIngress", [])
    ]
    ((found),) = rules
    assert (found["CidrIp"], found["FromPort"], found["ToPort"]) == ("0.0.0.0/0", 80, 80)


def test_firewall_blocks_no_upload_bodies(synthesise_all: SynthesiseAll) -> None:
    templates = synthesise_all(streaming_ingress="true", web_firewall="true")
    assert distribution(templates)["WebACLId"]
    assert {each["PathPattern"] for each in distribution(templates)["CacheBehaviors"]} == _PATHS
    _, acl = only_resource(templates["firewall"], "AWS::WAFv2::WebACL")
    counted = {
        override["Name"]
        for rule in acl["Rules"]
        for override in rule["Statement"].get("ManagedRuleGroupStatement", {}).get("RuleActionOverrides", [])
        if override["ActionToUse"] == {"Count": {}}
    }
    assert {"SizeRestrictions_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"} <= counted


def test_without_firewall_api_has_no_authorizer(chosen: Mapping[str, Template]) -> None:
    assert not resources(chosen["api"], "AWS::ApiGatewayV2::Authorizer")
    assert not resources(chosen["api"], "AWS::SecretsManager::Secret")
    assert {each["AuthorizationType"] for each in properties(chosen["api"], "AWS::ApiGatewayV2::Route")} == {
        "NONE"
    }


def test_ingress_has_only_permissions_for_uploads_and_downloads(chosen: Mapping[str, Template]) -> None:
    (holder,) = role_holders(chosen["ingress"])
    assert (holder.kind, holder.name) == ("Streaming ingress", "videovector-server-ingress")
    allowed = {action for row in holder.rows for action in row.actions if not action.startswith("kms:")}
    assert {each for each in allowed if each.startswith("s3:")} == {
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListBucket",
    }
    read = {each for row in holder.rows if "s3:GetObject" in row.actions for each in row.resources}
    assert [each.rpartition("/exports/")[2] for each in read] == ["*"]
    started = {
        resource
        for row in holder.rows
        if "states:StartExecution" in row.actions
        for resource in row.resources
    }
    assert [each.rpartition(":")[2] for each in started] == ["videovector-server-ingest"]
    assert not {each for each in allowed if each.startswith(("es:", "lambda:", "batch:"))}


def test_execution_role_may_pull_ingress_image_from_ecr(synthesise_all: SynthesiseAll) -> None:
    registry = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
    template = synthesise_all(streaming_ingress="true", ingress_image=f"{registry}/team/ingress:7")["ingress"]
    fetched = [
        statement["Resource"]
        for policy in properties(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "ecr:BatchGetImage" in statement["Action"]
    ]
    assert [as_text(each).rpartition(":")[2] for each in fetched] == ["repository/team/ingress"]
    _, task = only_resource(template, "AWS::ECS::TaskDefinition")
    assert as_text(task["ContainerDefinitions"][0]["Image"]).endswith("/team/ingress:7")


def test_ingress_receives_settings_but_no_secret(chosen: Mapping[str, Template]) -> None:
    _, task = only_resource(chosen["ingress"], "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    variables = {each["Name"]: each["Value"] for each in container["Environment"]}
    known = {f"VIDEOVECTOR_SERVER_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in variables if name.startswith("VIDEOVECTOR_SERVER_")} <= known
    assert variables["VIDEOVECTOR_SERVER_UPLOADS_AT_ONCE"] == "16"
    assert variables["VIDEOVECTOR_SERVER_BROWSER_ORIGINS"] == "https://page.example"
    assert variables["VIDEOVECTOR_SERVER_OIDC_ISSUER"] == {
        "Fn::ImportValue": "videovector-server-TokenIssuer"
    }
    assert container["ReadonlyRootFilesystem"] is True
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"


def test_upload_functions_receive_streaming_origin(
    chosen: Mapping[str, Template], stacks: Mapping[str, Template]
) -> None:
    def functions_with_origin(templates: Mapping[str, Template]) -> set[str]:
        return {
            each["FunctionName"]
            for each in properties(templates["api"], "AWS::Lambda::Function")
            if "VIDEOVECTOR_SERVER_STREAMING_ORIGIN" in each.get("Environment", {}).get("Variables", {})
        }

    assert functions_with_origin(chosen) == {
        "videovector-server-api-exports",
        "videovector-server-api-videos",
        "videovector-server-api-workflow",
    }
    assert functions_with_origin(stacks) == set()


def test_ingress_scales_by_upload_slots_and_cpu(chosen: Mapping[str, Template]) -> None:
    template = chosen["ingress"]
    _, target = only_resource(template, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    policies = [
        each["TargetTrackingScalingPolicyConfiguration"]
        for each in properties(template, "AWS::ApplicationAutoScaling::ScalingPolicy")
    ]
    (custom,) = (
        each["CustomizedMetricSpecification"] for each in policies if "CustomizedMetricSpecification" in each
    )
    assert (custom["Namespace"], custom["MetricName"]) == (NAMESPACE, SLOTS_METRIC)
    _, task = only_resource(template, "AWS::ECS::TaskDefinition")
    variables = {each["Name"]: each["Value"] for each in task["ContainerDefinitions"][0]["Environment"]}
    assert custom["Dimensions"] == [{"Name": "service", "Value": variables["POWERTOOLS_SERVICE_NAME"]}]
    assert any("PredefinedMetricSpecification" in each for each in policies)


def test_ingress_has_alarms_and_dashboard_graphs(
    chosen: Mapping[str, Template], stacks: Mapping[str, Template]
) -> None:
    def names(templates: Mapping[str, Template]) -> set[str]:
        alarms = properties(templates["observability"], "AWS::CloudWatch::Alarm")
        return {each["AlarmName"] for each in alarms}

    added = {name.removeprefix("videovector-server-ingress-") for name in names(chosen) - names(stacks)}
    assert added == {"errors", "unreachable", "unhealthy", "tasks", "full"}
    (tasks,) = (
        each
        for each in properties(chosen["observability"], "AWS::CloudWatch::Alarm")
        if each["AlarmName"].endswith("ingress-tasks")
    )
    assert (tasks["MetricName"], tasks["Statistic"]) == ("HealthyHostCount", "Minimum")
    assert (tasks["ComparisonOperator"], tasks["Threshold"]) == ("LessThanThreshold", 1)
    assert tasks["TreatMissingData"] == "breaching"
    _, dashboard = only_resource(chosen["observability"], "AWS::CloudWatch::Dashboard")
    assert SLOTS_METRIC in json.dumps(dashboard["DashboardBody"])


def test_ingress_idle_cost_matches_template_and_guide(chosen: Mapping[str, Template]) -> None:
    sizing = SIZINGS[Size.IDLE_ZERO]
    _, task = only_resource(chosen["ingress"], "AWS::ECS::TaskDefinition")
    assert (task["Cpu"], task["Memory"]) == (str(sizing.ingress_cpu_units), str(sizing.ingress_memory_mib))
    assert len(resources(chosen["ingress"], "AWS::ElasticLoadBalancingV2::LoadBalancer")) == 1
    assert not resources(chosen["ingress"], "AWS::EC2::NatGateway")
    by_hand = 730 * (0.5 * 0.03238 + 0.00356 + 0.005 + 0.0225)
    assert ingress_month(Size.IDLE_ZERO) == pytest.approx(by_hand)
    assert ingress_table() in (REPOSITORY / "docs" / "aws-guide.md").read_text(encoding="utf-8")


def test_chosen_origins_may_call_api_and_upload(
    chosen: Mapping[str, Template],
) -> None:
    (cors,) = (
        each["CorsConfiguration"]["CorsRules"]
        for each in properties(chosen["data"], "AWS::S3::Bucket")
        if "CorsConfiguration" in each
    )
    (rule,) = cors
    assert rule["AllowedOrigins"] == ["https://page.example"]
    assert {"PUT", "POST"} <= set(rule["AllowedMethods"])
    assert rule["ExposedHeaders"] == ["ETag"]
    _, api = only_resource(chosen["api"], "AWS::ApiGatewayV2::Api")
    assert api["CorsConfiguration"] == {
        "AllowOrigins": ["https://page.example"],
        "AllowMethods": list(METHODS),
        "AllowHeaders": list(REQUEST_HEADERS),
        "ExposeHeaders": list(EXPOSED_HEADERS),
        "MaxAge": MAX_AGE_SECONDS,
    }
    keys = {each["RouteKey"] for each in properties(chosen["api"], "AWS::ApiGatewayV2::Route")}
    assert "OPTIONS /{proxy+}" in keys


def test_no_origin_may_call_api_by_default(stacks: Mapping[str, Template]) -> None:
    _, api = only_resource(stacks["api"], "AWS::ApiGatewayV2::Api")
    assert "CorsConfiguration" not in api
    keys = {each["RouteKey"] for each in properties(stacks["api"], "AWS::ApiGatewayV2::Route")}
    assert not [key for key in keys if key.startswith("OPTIONS")]
