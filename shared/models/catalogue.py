"""Which processing models there are, and what really runs under each name.

Light on purpose: the API checks names with it and must not load a model or an HTTP client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.domain.errors import InvalidRequest
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.models.chat_endpoint import ChatEndpoint
    from shared.ports.models import Extractor, KeySource, PromptWriter, TextEmbedder

BUILTIN: Final = "builtin"

OFFICIAL_NAMES: Final = (
    "gemini-3-pro-preview",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
)
"""Names that the official clients know; each stands for the default."""


class Catalogue:
    """``names`` are the models that run here; ``default`` is the only place that chooses one."""

    def __init__(self, settings: Settings) -> None:
        has_endpoint = bool(settings.llm_base_url and settings.llm_model)
        endpoint = f"endpoint:{settings.llm_model}"
        self.names: tuple[str, ...] = (endpoint, BUILTIN) if has_endpoint else (BUILTIN,)
        self.default: str = self.names[0]

    def resolve(self, name: str | None) -> str:
        """What runs for a requested ``processing_model``; None and official names are the default.

        Raises:
            InvalidRequest: an unknown name; lists the known ones.
        """
        if name is None or not name.strip() or name in OFFICIAL_NAMES:
            return self.default
        if name in self.names:
            return name
        if f"endpoint:{name}" in self.names:
            return f"endpoint:{name}"
        known = ", ".join((*self.names, *OFFICIAL_NAMES))
        raise InvalidRequest("processing_model", f"{name!r} is not one of {known}")


def build_extractors(
    settings: Settings, text_embedder: TextEmbedder | None, api_key: KeySource | None = None
) -> dict[str, Extractor]:
    """One extractor for each name of the catalogue. ``api_key`` None is the settings'."""
    from shared.models.extractor_builtin import BuiltinExtractor  # noqa: PLC0415 (see the module's docstring)

    extractors: dict[str, Extractor] = {BUILTIN: BuiltinExtractor(text_embedder)}
    endpoint = chat_endpoint(settings, api_key)
    if endpoint is not None:
        from shared.models.extractor_endpoint import EndpointExtractor  # noqa: PLC0415 (as above)

        extractors[f"endpoint:{settings.llm_model}"] = EndpointExtractor(
            endpoint, max_pictures=settings.llm_pictures_per_segment
        )
    return extractors


def build_prompt_writer(settings: Settings, api_key: KeySource | None = None) -> PromptWriter:
    """The endpoint's writer where an endpoint is configured, else the built-in one. ``api_key`` as above."""
    endpoint = chat_endpoint(settings, api_key)
    if endpoint is None:
        from shared.models.prompt_writer_builtin import BuiltinPromptWriter  # noqa: PLC0415 (as above)

        return BuiltinPromptWriter()
    from shared.models.prompt_writer_endpoint import EndpointPromptWriter  # noqa: PLC0415 (as above)

    return EndpointPromptWriter(endpoint)


def chat_endpoint(settings: Settings, api_key: KeySource | None = None) -> ChatEndpoint | None:
    if not (settings.llm_base_url and settings.llm_model):
        return None
    from shared.models.chat_endpoint import ChatEndpoint  # noqa: PLC0415 (as above)

    return ChatEndpoint(
        settings.llm_base_url,
        settings.llm_model,
        api_key or (lambda: settings.llm_api_key),
        timeout_seconds=settings.llm_timeout_seconds,
        attempts=settings.llm_attempts,
    )
