"""The composition root: the only place that knows which adapter stands behind a port.

``local_runtime`` builds the laptop's; everything is made at first use, so an entry point pays only
for what it touches.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from shared.services.documents import Documents
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.ports.blobs import Blobs
    from shared.ports.jobs import Jobs
    from shared.ports.models import ModelPack
    from shared.ports.records import Records
    from shared.ports.search_index import SearchIndex
    from shared.ports.secrets import Secrets


class Runtime:
    """Ports and the services over them, each built when first asked for."""

    def __init__(
        self,
        settings: Settings,
        *,
        records: Records,
        blobs: Callable[[Runtime], Blobs],
        secrets: Secrets,
        search_index: Callable[[Runtime], SearchIndex],
        models: Callable[[Runtime], ModelPack],
        jobs: Callable[[Runtime], Jobs],
    ) -> None:
        self.settings = settings
        self.records = records
        self.secrets = secrets
        self._blobs = blobs
        self._search_index = search_index
        self._models = models
        self._jobs = jobs

    @cached_property
    def documents(self) -> Documents:
        return Documents(self.records)

    @cached_property
    def blobs(self) -> Blobs:
        return self._blobs(self)

    @cached_property
    def search_index(self) -> SearchIndex:
        return self._search_index(self)

    @cached_property
    def models(self) -> ModelPack:
        return self._models(self)

    @cached_property
    def jobs(self) -> Jobs:
        return self._jobs(self)
