"""Function specifications match handlers, routes, layers, settings and templates."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.functions import API, FUNCTIONS, QUERY_EMBEDDING, RESOURCES, FunctionSpec
from infra.routes import routes
from layers.lock_files import LAYERS
from shared.settings import Settings
from tests.infra.conftest import Template
from tests.infra.templates import properties, resources

_REPOSITORY = Path(__file__).parents[2]
_PREFIX = "VIDEOVECTOR_SERVER_"


def _title(spec: FunctionSpec) -> str:
    return spec.title


@pytest.mark.parametrize("spec", FUNCTIONS, ids=_title)
def test_handler_module_exists_and_defines_handler(spec: FunctionSpec) -> None:
    source = _REPOSITORY / Path(*spec.module.split(".")).with_suffix(".py")
    names: set[str] = set()
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    assert "handler" in names


def test_every_handler_is_deployed() -> None:
    found = {
        ".".join(path.relative_to(_REPOSITORY).with_suffix("").parts)
        for path in (_REPOSITORY / "functions").glob("*/*/handler.py")
    }
    assert found == {spec.module for spec in FUNCTIONS}


def test_functions_use_exactly_the_defined_layers() -> None:
    assert {spec.layer for spec in FUNCTIONS} == set(LAYERS)


def test_every_api_operation_has_function() -> None:
    description = json.loads((_REPOSITORY / "docs" / "openapi.json").read_text(encoding="utf-8"))
    operations = {
        f"{method.upper()} {path}"
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if operation["tags"] != ["media links"]  # S3 answers signed links
    }
    heads = {key.replace("GET ", "HEAD ", 1) for key in operations if key.startswith("GET ")}
    found = routes()
    assert {route.key for route in found} == operations | heads
    assert {route.resource for route in found} <= {spec.name for spec in RESOURCES}


def test_deployed_functions_match_specifications(stacks: Mapping[str, Template]) -> None:
    deployed = {
        each["Handler"]: each
        for title in ("api", "processing")
        for each in properties(stacks[title], "AWS::Lambda::Function")
    }
    assert set(deployed) == {spec.handler for spec in FUNCTIONS}
    for spec in FUNCTIONS:
        found = deployed[spec.handler]
        assert found["FunctionName"] == f"videovector-server-{spec.title}"
        processor = "x86_64" if spec.layer == "models" else "arm64"
        assert (found["Runtime"], found["Architectures"]) == ("python3.13", [processor])
        assert found["TracingConfig"] == {"Mode": "Active"}
        assert len(found["Layers"]) == 1
        if spec.kind == API:
            assert found["Timeout"] < 30  # API Gateway's integration timeout


def test_functions_receive_only_known_settings(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for title in ("api", "processing"):
        for each in (*_environments(stacks[title]), *_environments(standard[title])):
            settings = {name.removeprefix(_PREFIX).lower() for name in each if name.startswith(_PREFIX)}
            assert settings <= set(Settings.model_fields)
            embeds = each["POWERTOOLS_SERVICE_NAME"] == QUERY_EMBEDDING.title
            assert settings == {"data_folder"} if embeds else settings >= {"records_table", "media_bucket"}


def test_searching_functions_call_query_embedding_function(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    for templates, function in (
        (stacks, "videovector-server-models-query-embedding"),
        (standard, "videovector-server-models-query-embedding:live"),
    ):
        embedding_functions = {
            each["POWERTOOLS_SERVICE_NAME"]: each.get(f"{_PREFIX}QUERY_EMBEDDING_FUNCTION")
            for each in _environments(templates["api"])
        }
        callers = {name: called for name, called in embedding_functions.items() if called is not None}
        assert callers == dict.fromkeys(
            ("api-saved-searches", "api-search", "api-system", "api-workflow"), function
        )
    assert {spec.name: spec.layer for spec in RESOURCES if spec.layer != "api"} == {
        "connectors": "connectors"
    }


def test_only_searching_functions_receive_search_endpoint(stacks: Mapping[str, Template]) -> None:
    searching = {
        each["FunctionName"]
        for title in ("api", "processing")
        for each in properties(stacks[title], "AWS::Lambda::Function")
        if f"{_PREFIX}SEARCH_ENDPOINT" in each["Environment"]["Variables"]
    }
    assert searching == {
        "videovector-server-api-saved-searches",
        "videovector-server-api-search",
        "videovector-server-api-system",
        "videovector-server-api-workflow",
        "videovector-server-events-saved-search-alerts",
        "videovector-server-pipeline-deletion",
    }


def test_emulated_functions_use_architecture_of_machine(emulated: Mapping[str, Template]) -> None:
    assert "compute" not in emulated
    assert "firewall" not in emulated
    import platform

    wanted = "x86_64" if platform.machine() == "x86_64" else "arm64"
    for each in properties(emulated["api"], "AWS::Lambda::Function"):
        assert each["Architectures"] == [wanted]
        assert each["Environment"]["Variables"].get(f"{_PREFIX}SEARCH_SERVICE", "none") == "none"


def test_standard_size_uses_snap_start_for_api_functions(
    stacks: Mapping[str, Template], standard: Mapping[str, Template]
) -> None:
    assert not resources(stacks["api"], "AWS::Lambda::Alias")
    aliases = properties(standard["api"], "AWS::Lambda::Alias")
    assert len(aliases) == len(RESOURCES) + 1  # one more for the query embedding function
    uris = [each["IntegrationUri"] for each in properties(standard["api"], "AWS::ApiGatewayV2::Integration")]
    assert all(uri["Ref"] in resources(standard["api"], "AWS::Lambda::Alias") for uri in uris)


def _environments(template: Template) -> list[dict[str, object]]:
    return [
        each["Environment"]["Variables"]
        for each in properties(template, "AWS::Lambda::Function")
        if each.get("Handler", "").startswith("functions.")
    ]
