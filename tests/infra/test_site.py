"""Site: the paths that CloudFront maps, what it forwards, who may read the files, and the headers."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from infra import site_files
from infra.configuration import Configuration
from infra.node import use_packaged_node
from infra.site_files import SiteNotBuilt, check_built
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, properties

_PATHS_FUNCTION: Final = Path(site_files.__file__).parent / "constructs" / "site_paths.js"

_MAPPED: Final = {
    "/": "/index.html",
    "/search": "/index.html",
    "/media/vid_01": "/index.html",
    "/assets/index-AbC.js": "/assets/index-AbC.js",
    "/favicon.svg": "/favicon.svg",
    "/docs/": "/docs/index.html",
    "/docs/guide/": "/docs/guide/index.html",
    "/docs/pagefind/pagefind.js": "/docs/pagefind/pagefind.js",
}
_REDIRECTED: Final = {"/docs": "/docs/", "/docs/guide": "/docs/guide/"}


@pytest.fixture(scope="module")
def site(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    return synthesise_all(site="true", web_firewall="true")


def _distribution(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = only_resource(template, "AWS::CloudFront::Distribution")[1]["DistributionConfig"]
    return found


def test_paths_lead_to_files() -> None:
    events = [*_MAPPED, *_REDIRECTED]
    program = (
        f"{_PATHS_FUNCTION.read_text()}\n"
        f"console.log(JSON.stringify({json.dumps(events)}.map(uri => handler({{request: {{uri}}}}))))"
    )
    output = subprocess.check_output([use_packaged_node(), "-e", program], text=True)
    answers = dict(zip(events, json.loads(output), strict=True))
    assert {uri: answers[uri]["uri"] for uri in _MAPPED} == _MAPPED
    locations = {uri: answers[uri]["headers"]["location"]["value"] for uri in _REDIRECTED}
    assert locations == _REDIRECTED


def test_site_is_absent_by_default(stacks: Mapping[str, Template], emulated: Mapping[str, Template]) -> None:
    assert "site" not in stacks
    assert "site" not in emulated
    assert not Configuration(site=True, emulator=True).has_site


def test_api_is_forwarded_uncached_with_origin_key(site: Mapping[str, Template]) -> None:
    found = _distribution(site["site"])
    behaviors = {each["PathPattern"]: each for each in found["CacheBehaviors"]}
    api, files = behaviors["/api/*"], found["DefaultCacheBehavior"]
    assert {"/api/*", "/health", "/mcp", "/.well-known/*", "/docs", "/docs/*"} == behaviors.keys()
    assert "DELETE" in api["AllowedMethods"]
    assert "FunctionAssociations" not in api
    assert files["AllowedMethods"] == ["GET", "HEAD"]
    origins = {each["Id"]: each for each in found["Origins"]}
    [header] = origins[api["TargetOriginId"]]["OriginCustomHeaders"]
    assert header["HeaderName"] == "x-origin-key"
    assert "OriginCustomHeaders" not in origins[files["TargetOriginId"]]
    assert "FnGetAttAclArn" in json.dumps(found["WebACLId"])


def test_distribution_alone_reads_files(site: Mapping[str, Template]) -> None:
    [bucket] = properties(site["site"], "AWS::S3::Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    [policy] = properties(site["site"], "AWS::S3::BucketPolicy")
    allowed = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    readers = [each for each in allowed if each["Principal"] == {"Service": "cloudfront.amazonaws.com"}]
    assert readers
    assert all("AWS:SourceArn" in each["Condition"]["StringEquals"] for each in readers)
    assert all(each["Principal"] != "*" for each in allowed)


def test_pages_reach_media_bucket_and_no_other_host(site: Mapping[str, Template]) -> None:
    policies = {
        each["ResponseHeadersPolicyConfig"]["Name"]: each["ResponseHeadersPolicyConfig"][
            "SecurityHeadersConfig"
        ]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        for each in properties(site["site"], "AWS::CloudFront::ResponseHeadersPolicy")
    }
    console = json.dumps(policies["videovector-server-console-headers"])
    assert console.count("https://") == console.count("videovector-server-MediaBucket") == 3
    assert "https:" not in json.dumps(policies["videovector-server-documentation-headers"])


def test_media_bucket_accepts_pages_of_site(site: Mapping[str, Template]) -> None:
    rules = [each for each in properties(site["data"], "AWS::S3::Bucket") if "CorsConfiguration" in each]
    [rule] = rules[0]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://*.cloudfront.net"]
    named = Configuration(site=True, site_domain_name="films.example.com", site_certificate_arn="arn")
    assert named.uploading_origins == ["https://films.example.com"]


def test_missing_build_names_command() -> None:
    with pytest.raises(SiteNotBuilt, match="make console docs"):
        check_built(site_files._REPOSITORY / "no-such-folder")
