"""Query embedding for processes that do nothing else."""

import tempfile
from pathlib import Path

from shared.ports.query_embedding import QueryEmbedder
from shared.settings import Settings


def cpu_query_embedder(settings: Settings) -> QueryEmbedder:
    """Build a query embedder with the models of the CPU pack. The models load at first use."""
    from shared.models.cpu_pack import cpu_models
    from shared.services.search.query_embedding import ModelQueryEmbedder

    pack = cpu_models(settings, Path(tempfile.gettempdir()) / "videovector-server" / "models")
    return ModelQueryEmbedder(
        lambda: pack,
        max_picture_bytes=settings.max_search_picture_bytes,
        max_picture_pixels=min(settings.max_search_picture_pixels, settings.max_picture_pixels),
    )
