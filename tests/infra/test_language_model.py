"""A language model that is chosen is known to who needs it, and its key to nobody's environment."""

import json
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from infra.configuration import Configuration
from infra.functions import API_TIMEOUT_SECONDS
from infra.permissions_table import role_users
from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties, the_only

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
    container = the_only(stacks["compute"], "AWS::Batch::JobDefinition")[1]["ContainerProperties"]
    return {each["Name"]: each["Value"] for each in container["Environment"]}


def test_who_checks_names_of_models_knows_the_same_ones_as_the_worker(
    with_model: Mapping[str, Template],
) -> None:
    told = _functions(with_model)
    assert {name for name, variables in told.items() if f"{_PREFIX}LLM_MODEL" in variables} == {
        "api-prompts",
        "api-prompt-runs",
        "api-workflow",
    }
    for variables in (
        told["api-prompts"],
        told["api-prompt-runs"],
        told["api-workflow"],
        _worker(with_model),
    ):
        assert variables[f"{_PREFIX}LLM_BASE_URL"] == _CHOICES["llm_base_url"]
        assert variables[f"{_PREFIX}LLM_MODEL"] == _CHOICES["llm_model"]


def test_only_who_asks_the_model_may_read_its_key(with_model: Mapping[str, Template]) -> None:
    readers = {
        user.name.removeprefix("videovector-server-"): row.actions
        for template in with_model.values()
        for user in role_users(template)
        for row in user.rows
        if _KEY in row.resources
    }
    assert set(readers) == {"api-prompts", "api-workflow", "worker"}
    assert {tuple(actions) for actions in readers.values()} == {("secretsmanager:GetSecretValue",)}


def test_no_template_holds_a_key_and_only_its_place_is_told(with_model: Mapping[str, Template]) -> None:
    assert f'{_PREFIX}LLM_API_KEY"' not in json.dumps(list(with_model.values()))
    assert _worker(with_model)[f"{_PREFIX}LLM_API_KEY_SECRET"] == _KEY
    assert f"{_PREFIX}LLM_API_KEY_SECRET" not in _functions(with_model)["api-prompt-runs"]


def test_a_request_ends_before_the_gateway_gives_up_and_a_worker_is_patient(
    with_model: Mapping[str, Template],
) -> None:
    """Connecting takes a quarter of the time for an answer at most; then come an answer and its repair."""
    request, worker = _functions(with_model)["api-prompts"], _worker(with_model)
    tries = int(request[f"{_PREFIX}LLM_ATTEMPTS"])
    assert tries * 2.25 * float(request[f"{_PREFIX}LLM_TIMEOUT_SECONDS"]) < API_TIMEOUT_SECONDS
    assert float(worker[f"{_PREFIX}LLM_TIMEOUT_SECONDS"]) == 120
    assert worker[f"{_PREFIX}LLM_PARALLEL_REQUESTS"] == "8"
    assert int(worker[f"{_PREFIX}LLM_ATTEMPTS"]) > 1


def test_without_one_nobody_is_told_of_any(stacks: Mapping[str, Template]) -> None:
    assert "LLM_" not in json.dumps(list(stacks.values()))


def test_workers_with_a_gpu_serve_one_and_who_checks_names_knows_it(
    standard: Mapping[str, Template],
) -> None:
    told, worker = _functions(standard), _worker(standard)
    name = f"{_PREFIX}VLLM_MODEL"
    assert {function for function, variables in told.items() if name in variables} == {
        "api-prompts",
        "api-prompt-runs",
        "api-workflow",
    }
    assert {variables[name] for variables in (told["api-prompt-runs"], worker)} == {
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
    ids=["no GPU", "the default", "another", "none", "an endpoint"],
)
def test_what_vllm_serves(choices: dict[str, str], served: str | None) -> None:
    assert Configuration.read(choices.get).served_model == served


@pytest.mark.parametrize(
    "choices",
    [
        {"llm_base_url": "https://models.example.com/v1"},
        {"llm_model": "qwen3-vl"},
        {"llm_api_key_secret": _KEY},
        {"vllm_model": "Qwen/Qwen3-VL-4B-Instruct"},
        {"worker": "gpu", "vllm_model": "Qwen/Qwen3-VL-4B-Instruct", **_CHOICES},
        {**_CHOICES, "llm_base_url": "https://user:password@models.example.com/v1"},
        {**_CHOICES, "llm_base_url": "https://models.example.com/v1?key=secret"},
        {**_CHOICES, "llm_api_key_secret": "sk-a-key-by-mistake"},
    ],
    ids=[
        "no model",
        "no endpoint",
        "a key for nothing",
        "nothing to serve it on",
        "two of them",
        "a password",
        "a key in the address",
        "a key itself",
    ],
)
def test_what_makes_no_sense_or_would_show_a_key_is_refused(choices: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Configuration.read(choices.get)
