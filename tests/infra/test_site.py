"""Site: the paths that CloudFront maps, what it forwards, who may read the files, and the headers."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from infra import app, prerequisites, site_files, site_headers
from infra.configuration import Configuration
from infra.intrinsics import as_text
from infra.node import use_packaged_node
from shared.http.site import security, site
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, properties

_MAPPED: Final = {
    "/": "/index.html",
    "/search": "/index.html",
    "/media/vid_01": "/index.html",
    "/assets/index-AbC.js": "/assets/index-AbC.js",
    "/favicon.svg": "/favicon.svg",
    "/docs/": "/docs/index.html",
    "/docs/start/laptop/": "/docs/start/laptop/index.html",
    "/docs/pagefind/pagefind.js": "/docs/pagefind/pagefind.js",
}
_REDIRECTED: Final = {
    "/docs": "/docs/",
    "/docs/start/laptop": "/docs/start/laptop/",
    "/docs/start/laptop.md": "/docs/start/laptop/",
    "/docs/guide": "/docs/start/laptop/",
    "/docs/guide/": "/docs/start/laptop/",
    "/docs/guide.md": "/docs/start/laptop/",
    "/docs/constructor": "/docs/constructor/",
}
_ONLY_ON_LAPTOP: Final = {"media", "upload-parts", "metrics"}
"""First parts of paths that only the laptop's server has: S3 answers signed links itself, and functions keep
no metrics of the whole server."""


@pytest.fixture(scope="module")
def stacks_with_site(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    return synthesise_all(site="true", web_firewall="true")


def _distribution(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = only_resource(template, "AWS::CloudFront::Distribution")[1]["DistributionConfig"]
    return found


@pytest.mark.usefixtures("_node")
def test_paths_lead_to_files() -> None:
    events = [*_MAPPED, *_REDIRECTED]
    program = (
        f"{site_files.paths_program()}\n"
        f"console.log(JSON.stringify({json.dumps(events)}.map(uri => handler({{request: {{uri}}}}))))"
    )
    output = subprocess.check_output([use_packaged_node(), "-e", program], text=True)
    answers = dict(zip(events, json.loads(output), strict=True))
    assert {uri: answers[uri]["uri"] for uri in _MAPPED} == _MAPPED
    locations = {uri: answers[uri]["headers"]["location"]["value"] for uri in _REDIRECTED}
    assert locations == _REDIRECTED


@pytest.mark.usefixtures("_node")
def test_redirect_keeps_query() -> None:
    query = {
        "q": {"value": "a%20b"},
        "c": {"value": ""},
        "t": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]},
    }
    request = {"uri": "/docs/start/laptop", "querystring": query}
    call = f"handler({{request: {json.dumps(request)}}})"
    program = f"{site_files.paths_program()}\nconsole.log(JSON.stringify({call}))"
    answer = json.loads(subprocess.check_output([use_packaged_node(), "-e", program], text=True))
    assert answer["headers"]["location"]["value"] == "/docs/start/laptop/?q=a%20b&c&t=1&t=2"


def test_site_is_absent_by_default(stacks: Mapping[str, Template], emulated: Mapping[str, Template]) -> None:
    assert "site" not in stacks
    assert "site" not in emulated
    assert not Configuration(site=True, emulator=True).has_site


def test_api_is_forwarded_uncached_with_origin_key(stacks_with_site: Mapping[str, Template]) -> None:
    found = _distribution(stacks_with_site["site"])
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


def test_distribution_alone_reads_files(stacks_with_site: Mapping[str, Template]) -> None:
    [bucket] = properties(stacks_with_site["site"], "AWS::S3::Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    [policy] = properties(stacks_with_site["site"], "AWS::S3::BucketPolicy")
    allowed = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    readers = [each for each in allowed if each["Principal"] == {"Service": "cloudfront.amazonaws.com"}]
    assert readers
    assert all("AWS:SourceArn" in each["Condition"]["StringEquals"] for each in readers)
    assert all(each["Principal"] != "*" for each in allowed)


def test_headers_equal_those_of_laptop() -> None:
    bucket = "https://media.s3.eu-central-1.amazonaws.com"
    assert site_headers.console_headers(bucket) == security.console_headers([bucket])
    assert site_headers.documentation_headers() == security.documentation_headers()


def test_distribution_sends_headers(stacks_with_site: Mapping[str, Template]) -> None:
    policies = {
        each["ResponseHeadersPolicyConfig"]["Name"]: each["ResponseHeadersPolicyConfig"]
        for each in properties(stacks_with_site["site"], "AWS::CloudFront::ResponseHeadersPolicy")
    }
    for title, headers in (
        ("console", site_headers.console_headers("MEDIA")),
        ("documentation", site_headers.documentation_headers()),
    ):
        found = policies[f"videovector-server-{title}-headers"]
        security_headers = found["SecurityHeadersConfig"]
        sent = {each["Header"]: each["Value"] for each in found["CustomHeadersConfig"]["Items"]}
        sent["Referrer-Policy"] = security_headers["ReferrerPolicy"]["ReferrerPolicy"]
        sent["X-Content-Type-Options"] = "nosniff" if security_headers["ContentTypeOptions"] else ""
        policy = security_headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        sent["Content-Security-Policy"] = re.sub(r"https://.*?<AWS::URLSuffix>", "MEDIA", as_text(policy))
        assert sent == headers


def test_api_has_same_paths_as_on_laptop() -> None:
    from infra.stacks.site import PATHS_OF_API

    parts = {path.removeprefix("/").partition("/")[0] for path in PATHS_OF_API}
    assert parts == site._API - _ONLY_ON_LAPTOP


def test_media_bucket_accepts_pages_of_site(stacks_with_site: Mapping[str, Template]) -> None:
    rules = [
        each
        for each in properties(stacks_with_site["data"], "AWS::S3::Bucket")
        if "CorsConfiguration" in each
    ]
    [rule] = rules[0]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://*.cloudfront.net"]
    named = Configuration(site=True, site_domain_name="films.example.com", site_certificate_arn="arn")
    assert named.uploading_origins == ["https://films.example.com"]


@pytest.mark.usefixtures("_node")
@pytest.mark.parametrize("command", [app.main, lambda words: prerequisites.main(["deploy", *words])])
def test_missing_build_names_command(
    command: Callable[[list[str]], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(site_files, "CONSOLE", site_files._REPOSITORY / "no-such-folder")
    assert command(["-c", "site=true"]) == 2
    assert capsys.readouterr().err == "site=true needs no-such-folder. Run `make console docs` first.\n"
