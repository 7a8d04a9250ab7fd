"""API stack: routes, throttling, access log, TLS, CloudFront and the optional firewall."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from infra.configuration import Configuration
from infra.functions import RESOURCES
from infra.intrinsics import as_text
from infra.routes import routes
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, outputs, properties, resources

_HEADER = "x-origin-key"


def test_every_route_targets_function_of_its_resource(stacks: Mapping[str, Template]) -> None:
    template = stacks["api"]
    integrations = resources(template, "AWS::ApiGatewayV2::Integration")
    found = {}
    for route in properties(template, "AWS::ApiGatewayV2::Route"):
        integration = route["Target"]["Fn::Join"][1][1]["Ref"]
        function = integrations[integration]["Properties"]["IntegrationUri"]["Fn::GetAtt"][0]
        found[route["RouteKey"]] = template["Resources"][function]["Properties"]["Handler"]
    wanted = {route.key: f"functions.api.{route.resource}.handler.handler" for route in routes()}
    assert found == {**wanted, "$default": "functions.api.auth.handler.handler"}


def test_functions_are_invoked_only_by_this_api(stacks: Mapping[str, Template]) -> None:
    template = stacks["api"]
    api, _ = only_resource(template, "AWS::ApiGatewayV2::Api")
    permissions = properties(template, "AWS::Lambda::Permission")
    assert len(permissions) == len(RESOURCES)
    for each in permissions:
        assert each["Principal"] == "apigateway.amazonaws.com"
        assert {"Ref": api} in each["SourceArn"]["Fn::Join"][1]


def test_api_is_throttled_and_logs_no_headers_or_queries(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    rates = []
    for template in (stacks["api"], standard["api"]):
        _, stage = only_resource(template, "AWS::ApiGatewayV2::Stage")
        rates.append(stage["DefaultRouteSettings"]["ThrottlingRateLimit"])
        logged = json.loads(stage["AccessLogSettings"]["Format"])
        assert {"requestId", "route", "status"} <= set(logged)
        assert not [value for value in logged.values() if "header" in value or "query" in value.lower()]
    assert rates == [50, 500]


def test_outputs_give_base_url_and_first_key_command(stacks: Mapping[str, Template]) -> None:
    template = stacks["api"]
    found = outputs(template)
    api, _ = only_resource(template, "AWS::ApiGatewayV2::Api")
    parts = found["BaseUrl"]["Fn::Join"][1]
    assert {"Ref": api} in parts
    assert parts[-1].endswith("/api/v2")
    command = found["FirstKey"]["Fn::Join"][1]
    assert {"Fn::ImportValue": "videovector-server-RecordsTable"} in command
    assert "python -m shared.cli keys create" in command[-1]


def test_only_administrators_create_users(
    stacks: Mapping[str, Template],
) -> None:
    _, pool = only_resource(stacks["data"], "AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 12


def test_chosen_issuer_replaces_user_pool(synthesise_all: SynthesiseAll) -> None:
    templates = synthesise_all(oidc_issuer="https://issuer.example", oidc_audience="archive")
    template = templates["api"]
    assert not resources(templates["data"], "AWS::Cognito::UserPool")
    for each in properties(template, "AWS::Lambda::Function"):
        if not each["Handler"].startswith("functions.api."):
            continue
        variables = each["Environment"]["Variables"]
        assert variables["VIDEOVECTOR_SERVER_OIDC_ISSUER"] == "https://issuer.example"
        assert variables["VIDEOVECTOR_SERVER_OIDC_AUDIENCE"] == "archive"


def test_firewall_protects_distribution_of_api(standard: Mapping[str, Template]) -> None:
    _, acl = only_resource(standard["firewall"], "AWS::WAFv2::WebACL")
    assert acl["Scope"] == "CLOUDFRONT"
    assert {each["Name"] for each in acl["Rules"]} >= {
        "TooManyFromOneAddress",
        "AWSManagedRulesCommonRuleSet",
    }
    _, distribution = only_resource(standard["api"], "AWS::CloudFront::Distribution")
    found = distribution["DistributionConfig"]
    assert found["WebACLId"]
    assert found["Aliases"] == ["archive.example.com"]
    assert found["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "https-only"
    (origin,) = found["Origins"]
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert [each["HeaderName"] for each in origin["OriginCustomHeaders"]] == [_HEADER]


def test_cloudfront_caches_no_error(standard: Mapping[str, Template]) -> None:
    """CloudFront would cache an error under the path alone, without credentials and query."""
    _, distribution = only_resource(standard["api"], "AWS::CloudFront::Distribution")
    found = distribution["DistributionConfig"]["CustomErrorResponses"]
    assert {each["ErrorCode"] for each in found} >= {400, 403, 404, 405, 414, 500, 501, 502, 503, 504}
    for each in found:
        assert each == {"ErrorCode": each["ErrorCode"], "ErrorCachingMinTTL": 0}


def test_firewall_only_counts_rules_that_block_programs(standard: Mapping[str, Template]) -> None:
    """Bodies contain prompts, addresses and videos, and some libraries send no ``User-Agent``."""
    _, acl = only_resource(standard["firewall"], "AWS::WAFv2::WebACL")
    groups = [each["Statement"].get("ManagedRuleGroupStatement", {}) for each in acl["Rules"]]
    counted = {
        override["Name"]
        for group in groups
        for override in group.get("RuleActionOverrides", [])
        if override["ActionToUse"] == {"Count": {}}
    }
    assert counted >= {
        "NoUserAgent_HEADER",
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
    }


def test_changed_packages_publish_new_version(
    synthesise_anew: SynthesiseAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SnapStart snapshot belongs to a version. An alias of an old version would keep the old packages."""
    from infra import assets

    fingerprint = assets._fingerprint

    def other_packages(files: Iterable[Path], configuration: Configuration) -> str:
        found = list(files)
        changed = [path for path in found if path.name == "requirements.lock"]
        return fingerprint(found, configuration)[::-1] if changed else fingerprint(found, configuration)

    def versions(template: Template) -> set[str]:
        aliases = properties(template, "AWS::Lambda::Alias")
        return {each["FunctionVersion"]["Fn::GetAtt"][0] for each in aliases}

    before = synthesise_anew(size="standard")["api"]
    monkeypatch.setattr(assets, "_fingerprint", other_packages)
    after = synthesise_anew(size="standard")["api"]
    assert len(versions(after)) == len(RESOURCES) + 1
    assert versions(before).isdisjoint(versions(after))


def test_every_route_requires_origin_key_with_firewall(standard: Mapping[str, Template]) -> None:
    template = standard["api"]
    authorizer, found = only_resource(template, "AWS::ApiGatewayV2::Authorizer")
    assert found["IdentitySource"] == [f"$request.header.{_HEADER}"]
    for route in properties(template, "AWS::ApiGatewayV2::Route"):
        assert (route["AuthorizationType"], route["AuthorizerId"]) == ("CUSTOM", {"Ref": authorizer})


def test_authorizer_accepts_only_origin_key(
    standard: Mapping[str, Template], monkeypatch: pytest.MonkeyPatch
) -> None:
    (source,) = (
        each["Code"]["ZipFile"]
        for each in properties(standard["api"], "AWS::Lambda::Function")
        if "ZipFile" in each["Code"] and each.get("FunctionName") == "videovector-server-origin-check"
    )
    monkeypatch.setenv("ORIGIN_KEY", "right")
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102 - the project's own code, from the template
    handler = names["handler"]
    assert callable(handler)
    for headers, accepted in (({_HEADER: "right"}, True), ({_HEADER: "wröng"}, False), ({}, False)):
        assert handler({"headers": headers}, None) == {"isAuthorized": accepted}


def test_without_firewall_api_gateway_has_custom_domain(synthesise_all: SynthesiseAll) -> None:
    template = synthesise_all(
        domain_name="archive.example.com",
        certificate_arn="arn:aws:acm:eu-central-1:111122223333:certificate/one",
    )["api"]
    _, domain = only_resource(template, "AWS::ApiGatewayV2::DomainName")
    assert domain["DomainNameConfigurations"][0]["SecurityPolicy"] == "TLS_1_2"
    assert only_resource(template, "AWS::ApiGatewayV2::Api")[1]["DisableExecuteApiEndpoint"] is True
    assert outputs(template)["BaseUrl"] == "https://archive.example.com/api/v2"


def test_firewall_logs_no_query_and_no_credential(standard: Mapping[str, Template]) -> None:
    """The query of a download may be the token of its link."""
    (logging,) = properties(standard["firewall"], "AWS::WAFv2::LoggingConfiguration")
    assert logging["RedactedFields"] == [
        {"QueryString": {}},
        {"SingleHeader": {"Name": "authorization"}},
        {"SingleHeader": {"Name": "x-api-key"}},
    ]


def test_links_of_exports_have_the_address_of_clients(
    stacks: Mapping[str, Template], standard: Mapping[str, Template], emulated: Mapping[str, Template]
) -> None:
    def origin(templates: Mapping[str, Template]) -> str | None:
        (function,) = (
            each
            for each in properties(templates["api"], "AWS::Lambda::Function")
            if each.get("FunctionName") == "videovector-server-api-exports"
        )
        found = function["Environment"]["Variables"].get("VIDEOVECTOR_SERVER_PUBLIC_BASE_URL")
        return None if found is None else as_text(found)

    assert f"{origin(stacks)}/api/v2" == as_text(outputs(stacks["api"])["BaseUrl"])
    assert origin(standard) == "https://archive.example.com"
    assert origin(emulated) is None
