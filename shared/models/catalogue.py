"""Catalogue of processing models: the accepted names and the extractor that runs under each.

Imports are deferred because the API validates names with this module and must not load a model or an HTTP
client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.domain.errors import InvalidRequest
from shared.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from shared.models.language.chat_endpoint import ChatEndpoint
    from shared.ports.models import Extractor, KeySource, PromptWriter, TextEmbedder

BUILTIN: Final = "builtin"
_ENDPOINT: Final = "endpoint:"
_VLLM: Final = "vllm:"
_REMEDY: Final = (
    "The server's operator can check that it runs, and that VIDEOVECTOR_SERVER_LLM_BASE_URL is its address."
)

OFFICIAL_NAMES: Final = (
    "gemini-3-pro-preview",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
)
"""Names that the official clients know. Each is an alias of the default model."""


class Catalogue:
    """The processing models of this server.

    ``names`` are the models that run here; ``default`` is the first of them. The default is chosen nowhere
    else. ``aliases`` are further names of the default.
    """

    def __init__(self, settings: Settings) -> None:
        language_model = _language_model(settings)
        self.names: tuple[str, ...] = (language_model, BUILTIN) if language_model else (BUILTIN,)
        self.default: str = self.names[0]
        self.aliases: tuple[str, ...] = OFFICIAL_NAMES

    def resolve(self, name: str | None) -> str:
        """Return the model that runs for a requested ``processing_model``.

        None, a blank name and the official names resolve to the default.

        Raises:
            InvalidRequest: the name is unknown; the message lists the known names.
        """
        if name is None or not name.strip() or name in OFFICIAL_NAMES:
            return self.default
        if name in self.names:
            return name
        for kind in (_ENDPOINT, _VLLM):
            if kind + name in self.names:
                return kind + name
        known = ", ".join((*self.names, *OFFICIAL_NAMES))
        raise InvalidRequest("processing_model", f"{name!r} is not one of {known}")


def _language_model(settings: Settings) -> str | None:
    """Name the configured language model. An external endpoint takes precedence over a local vLLM model."""
    if settings.llm_base_url and settings.llm_model:
        return _ENDPOINT + settings.llm_model
    return _VLLM + settings.vllm_model if settings.vllm_model else None


def has_language_model(settings: Settings) -> bool:
    return _language_model(settings) is not None


def build_extractors(
    settings: Settings,
    text_embedder: TextEmbedder | None,
    api_key: KeySource | None = None,
    *,
    weights_cache: Path | None = None,
) -> dict[str, Extractor]:
    """Build one extractor for each name of the catalogue.

    ``api_key`` None means the key in ``settings``. ``weights_cache`` is a folder for fetched weights; None
    means a folder below the data folder.
    """
    from shared.models.builtin.extractor import BuiltinExtractor  # noqa: PLC0415 (deferred: see the module's docstring)

    extractors: dict[str, Extractor] = {BUILTIN: BuiltinExtractor(text_embedder)}
    endpoint = chat_endpoint(settings, api_key)
    if endpoint is not None:
        from shared.models.language.endpoint_extractor import EndpointExtractor  # noqa: PLC0415 (deferred, as above)

        extractors[_ENDPOINT + endpoint.model] = EndpointExtractor(
            endpoint, max_images=settings.llm_pictures_per_segment
        )
    elif settings.vllm_model:
        cache = weights_cache or settings.data_folder / "models"
        extractors[_VLLM + settings.vllm_model] = _vllm(settings, settings.vllm_model, cache)
    return extractors


def _vllm(settings: Settings, model: str, weights_cache: Path) -> Extractor:
    from shared.models.language.vllm_extractor import VllmExtractor  # noqa: PLC0415 (deferred, as above)
    from shared.models.weights.remote import RemoteWeights  # noqa: PLC0415 (deferred, as above)

    weights = RemoteWeights(
        weights_cache, settings.model_folder, settings.weights_location, hub=settings.model_hub
    )
    return VllmExtractor(model, settings, weights, weights_cache)


def build_prompt_writer(settings: Settings, api_key: KeySource | None = None) -> PromptWriter:
    """Build the endpoint's prompt writer if an endpoint is configured, else the built-in one.

    ``api_key`` None means the key in ``settings``.
    """
    endpoint = chat_endpoint(settings, api_key)
    if endpoint is None:
        from shared.models.builtin.prompt_writer import BuiltinPromptWriter  # noqa: PLC0415 (deferred, as above)

        return BuiltinPromptWriter()
    from shared.models.language.endpoint_prompt_writer import EndpointPromptWriter  # noqa: PLC0415 (deferred, as above)

    return EndpointPromptWriter(endpoint)


def chat_endpoint(settings: Settings, api_key: KeySource | None = None) -> ChatEndpoint | None:
    if not (settings.llm_base_url and settings.llm_model):
        return None
    from shared.models.language.chat_endpoint import ChatEndpoint  # noqa: PLC0415 (deferred, as above)

    return ChatEndpoint(
        settings.llm_base_url,
        settings.llm_model,
        api_key or (lambda: settings.llm_api_key),
        timeout_seconds=settings.llm_timeout_seconds,
        attempts=settings.llm_attempts,
        remedy=_REMEDY,
    )
