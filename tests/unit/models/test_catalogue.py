"""Tests of the catalogue of processing models."""

import pytest
from pydantic import SecretStr

from shared.domain.errors import InvalidRequest
from shared.domain.runs.statuses import CallPurpose
from shared.models.builtin.extractor import BuiltinExtractor
from shared.models.catalogue import (
    OFFICIAL_NAMES,
    Catalogue,
    build_extractors,
    build_prompt_writer,
    chat_endpoint,
)
from shared.models.language.endpoint_extractor import EndpointExtractor
from shared.ports.models import ExtractionFailed
from shared.settings import Settings

WITHOUT_ENDPOINT = Settings(llm_base_url=None, llm_model=None)
WITH_ENDPOINT = Settings(
    llm_base_url="http://localhost:9/v1", llm_model="qwen3-vl", llm_api_key=SecretStr("sk-x")
)


@pytest.mark.parametrize("name", [None, "", *OFFICIAL_NAMES])
def test_missing_and_official_names_resolve_to_default(name: str | None) -> None:
    assert Catalogue(WITHOUT_ENDPOINT).resolve(name) == "builtin"
    assert Catalogue(WITH_ENDPOINT).resolve(name) == "endpoint:qwen3-vl"


def test_model_resolves_with_and_without_kind_prefix() -> None:
    catalogue = Catalogue(WITH_ENDPOINT)
    assert catalogue.resolve("builtin") == "builtin"
    assert catalogue.resolve("qwen3-vl") == catalogue.resolve("endpoint:qwen3-vl") == "endpoint:qwen3-vl"


def test_unknown_name_is_refused_with_list_of_known_names() -> None:
    with pytest.raises(InvalidRequest, match=r"processing_model: 'gpt-9' .* builtin, gemini-3-pro-preview"):
        Catalogue(WITHOUT_ENDPOINT).resolve("gpt-9")
    with pytest.raises(InvalidRequest):
        Catalogue(WITHOUT_ENDPOINT).resolve("endpoint:qwen3-vl")


def test_every_name_has_an_extractor() -> None:
    assert isinstance(build_extractors(WITHOUT_ENDPOINT, None)["builtin"], BuiltinExtractor)
    extractors = build_extractors(WITH_ENDPOINT, None)
    assert extractors.keys() == set(Catalogue(WITH_ENDPOINT).names)
    assert isinstance(extractors["endpoint:qwen3-vl"], EndpointExtractor)
    assert build_prompt_writer(WITHOUT_ENDPOINT).model == "builtin-prompt-writer@1"
    assert build_prompt_writer(WITH_ENDPOINT).model == "qwen3-vl"


def test_silent_endpoint_is_reported_by_setting_without_address() -> None:
    endpoint = chat_endpoint(WITH_ENDPOINT.model_copy(update={"llm_attempts": 1}))
    assert endpoint is not None
    with pytest.raises(ExtractionFailed) as failure:
        endpoint.complete([], {}, CallPurpose.REPAIR, [])
    message = str(failure.value)
    assert message.startswith("The language model does not answer (ConnectError). ")
    assert "VIDEOVECTOR_SERVER_LLM_BASE_URL" in message
    assert "localhost" not in message
