"""Language model choices: settings and permissions of functions and worker; keys stay out of templates."""

import json
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from infra.configuration import Configuration
from infra.function_limits import API_TIMEOUT_SECONDS
from infra.permissions_table import role_holders
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import only_resource, properties

_PREFIX = "VIDEOVECTOR_SERVER_"
_KEY = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:model-key-AbCdEf"
_CHOICES = {
    "llm_base_url": "https://models.example.com/v1",
    "llm_model": "qwen3-vl",
    "llm_api_key_secret": _KEY,
    "llm_parallel_requests": "8",
}


@pytest.fixture(scope="module")
def with_model(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    return synthesise_all(**_CHOICES)


def _functions(stacks: Mapping[str, Template]) -> dict[str, dict[str, str]]:
    return {
        each["FunctionName"].removeprefix("videovector-server-"): each["Environment"]["Variables"]
        for title in ("api", "processing")
        for each in properties(stacks[title], "AWS::Lambda::Function")
        if each.get("Handler", "").startswith("functions.")
    }


def _worker(stacks: Mapping[str, Template]) -> dict[str, str]:
    container = only_resource(stacks["compute"], "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    return {each["Name"]: each["Value"] for each in container["Environment"]}


def test_model_name_is_same_in_functions_and_worker(
    with_model: Mapping[str, Template],
) -> None:
    environments = _functions(with_model)
    assert {name for name, variables in environments.items() if f"{_PREFIX}LLM_MODEL" in variables} == {
        *("api-automations", "api-prompts", "api-prompt-runs", "api-system", "api-workflow"),
        *("events-automation-runs", "events-due-work"),
    }
    for variables in (
        environments["api-prompts"],
        environments["api-prompt-runs"],
        environments["api-system"],
        environments["api-workflow"],
        _worker(with_model),
    ):
        assert variables[f"{_PREFIX}LLM_BASE_URL"] == _CHOICES["llm_base_url"]
        assert variables[f"{_PREFIX}LLM_MODEL"] == _CHOICES["llm_model"]


def test_only_callers_of_model_may_read_its_key(with_model: Mapping[str, Template]) -> None:
    readers = {
        holder.name.removeprefix("videovector-server-"): row.actions
        for template in with_model.values()
        for holder in role_holders(template)
        for row in holder.rows
        if _KEY in row.resources
    }
    assert set(readers) == {"api-prompts", "api-workflow", "worker"}
    assert {tuple(actions) for actions in readers.values()} == {("secretsmanager:GetSecretValue",)}


def test_templates_name_model_key_secret_but_hold_no_key(with_model: Mapping[str, Template]) -> None:
    assert f'{_PREFIX}LLM_API_KEY"' not in json.dumps(list(with_model.values()))
    assert _worker(with_model)[f"{_PREFIX}LLM_API_KEY_SECRET"] == _KEY
    assert f"{_PREFIX}LLM_API_KEY_SECRET" not in _functions(with_model)["api-prompt-runs"]


def test_model_timeouts_fit_gateway_and_worker(
    with_model: Mapping[str, Template],
) -> None:
    """A request connects in at most a quarter of the timeout, then waits for a completion and its repair."""
    request, worker = _functions(with_model)["api-prompts"], _worker(with_model)
    tries = int(request[f"{_PREFIX}LLM_ATTEMPTS"])
    assert tries * 2.25 * float(request[f"{_PREFIX}LLM_TIMEOUT_SECONDS"]) < API_TIMEOUT_SECONDS
    assert float(worker[f"{_PREFIX}LLM_TIMEOUT_SECONDS"]) == 120
    assert worker[f"{_PREFIX}LLM_PARALLEL_REQUESTS"] == "8"
    assert int(worker[f"{_PREFIX}LLM_ATTEMPTS"]) > 1


def test_without_model_no_model_settings_exist(stacks: Mapping[str, Template]) -> None:
    assert "LLM_" not in json.dumps(list(stacks.values()))


def test_gpu_workers_and_functions_name_same_vllm_model(
    standard: Mapping[str, Template],
) -> None:
    environments, worker = _functions(standard), _worker(standard)
    name = f"{_PREFIX}VLLM_MODEL"
    assert {function for function, variables in environments.items() if name in variables} == {
        *("api-automations", "api-prompts", "api-prompt-runs", "api-system", "api-workflow"),
        *("events-automation-runs", "events-due-work"),
    }
    assert {variables[name] for variables in (environments["api-prompt-runs"], worker)} == {
        "Qwen/Qwen3-VL-4B-Instruct"
    }
    assert worker[f"{_PREFIX}VLLM_GPU_MEMORY"] == "0.65"
    assert worker[f"{_PREFIX}LLM_PARALLEL_REQUESTS"] == "4"
    assert f"{_PREFIX}LLM_BASE_URL" not in worker


@pytest.mark.parametrize(
    ("choices", "served"),
    [
        ({}, None),
        ({"worker": "gpu"}, "Qwen/Qwen3-VL-4B-Instruct"),
        ({"worker": "gpu", "vllm_model": "Qwen/Qwen3-VL-2B-Instruct"}, "Qwen/Qwen3-VL-2B-Instruct"),
        ({"worker": "gpu", "vllm_model": "none"}, None),
        ({"worker": "gpu", **_CHOICES}, None),
    ],
    ids=["no GPU", "default", "another model", "none", "endpoint"],
)
def test_served_model_follows_from_choices(choices: dict[str, str], served: str | None) -> None:
    assert Configuration.read(choices.get).served_model == served


@pytest.mark.parametrize(
    "choices",
    [
        {"llm_base_url": "https://models.example.com/v1"},
        {"llm_model": "qwen3-vl"},
        {"llm_api_key_secret": _KEY},
        {"vllm_model": "Qwen/Qwen3-VL-4B-Instruct"},
        {"worker": "gpu", "vllm_model": "Qwen/Qwen3-VL-4B-Instruct", **_CHOICES},
        {**_CHOICES, "llm_base_url": "https://holder:password@models.example.com/v1"},
        {**_CHOICES, "llm_base_url": "https://models.example.com/v1?key=secret"},
        {**_CHOICES, "llm_api_key_secret": "sk-a-key-by-mistake"},
    ],
    ids=[
        "endpoint without model",
        "model without endpoint",
        "key without endpoint",
        "vLLM model without GPU",
        "vLLM model and endpoint",
        "password in address",
        "key in address",
        "key instead of ARN",
    ],
)
def test_invalid_or_key_revealing_choices_are_refused(choices: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Configuration.read(choices.get)
