"""The context that the steps of a run share: ports, run, medium, stop check and progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.blobs import Blobs
from shared.ports.models import Extractor, ModelPack
from shared.ports.search_index import SearchIndex
from shared.services.records.documents import Documents
from shared.services.runs.execution.progress import Progress
from shared.services.runs.execution.stop_check import StopCheck


@dataclass(frozen=True, slots=True)
class PipelinePorts:
    documents: Documents
    blobs: Blobs
    search_index: SearchIndex
    models: ModelPack


class MediumContext(Protocol):
    """One medium in one run: the part of ``MediumWork`` that describes the results."""

    @property
    def run(self) -> PromptRun: ...

    @property
    def media(self) -> Media: ...


@dataclass(frozen=True, slots=True)
class MediumWork:
    """One medium in one run that is being processed."""

    ports: PipelinePorts
    run: PromptRun
    media: Media
    extractor: Extractor
    stop_check: StopCheck
    progress: Progress

    @property
    def tenant_id(self) -> str:
        return self.run.tenant_id
