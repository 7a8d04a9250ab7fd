"""Services that start, read and execute prompt runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.models.catalogue import Catalogue
    from shared.services.runs.analysis.timelines import Timelines
    from shared.services.runs.pipeline.run import PromptRunPipeline
    from shared.services.runs.pipeline.run_coordinator import RunCoordinator
    from shared.services.runs.prompt_runs import PromptRuns
    from shared.services.runs.result_streams import ResultStreams
    from shared.services.runs.segment_retries import SegmentRetries
    from shared.services.runs.selection import Selections
    from shared.services.runs.tables.tables import RunTables
    from shared.services.runs.views import RunViews
    from shared.services.runs.waiting.waiting_runs import WaitingRuns


class RunsRoom(Room):
    @lazy
    def catalogue(self) -> Catalogue:
        from shared.models.catalogue import Catalogue

        return Catalogue(self._ports.settings)

    @lazy
    def prompt_runs(self) -> PromptRuns:
        from shared.services.runs.prompt_runs import PromptRuns

        return PromptRuns(self._documents, self._ports.jobs, self.catalogue.resolve)

    @lazy
    def waiting_runs(self) -> WaitingRuns:
        from shared.services.runs.waiting.waiting_runs import WaitingRuns

        return WaitingRuns(self._documents, self._ports.jobs)

    @lazy
    def views(self) -> RunViews:
        from shared.services.runs.views import RunViews

        return RunViews(self._documents)

    @lazy
    def result_streams(self) -> ResultStreams:
        from shared.services.runs.result_streams import ResultStreams

        return ResultStreams(self._documents)

    @lazy
    def selections(self) -> Selections:
        from shared.services.runs.selection import Selections

        return Selections(self._documents)

    @lazy
    def timelines(self) -> Timelines:
        from shared.services.runs.analysis.timelines import Timelines

        return Timelines(self._documents, self._ports.blobs)

    @lazy
    def segment_retries(self) -> SegmentRetries:
        from shared.services.runs.segment_retries import SegmentRetries

        return SegmentRetries(self._documents, self._ports.jobs)

    @lazy
    def coordinator(self) -> RunCoordinator:
        from shared.services.runs.pipeline.run_coordinator import RunCoordinator

        return RunCoordinator(self._documents, self.tables)

    @lazy
    def tables(self) -> RunTables:
        from shared.services.runs.tables.tables import RunTables

        return RunTables(self._documents, self._ports.blobs)

    @lazy
    def pipeline(self) -> PromptRunPipeline:
        from shared.models.catalogue import has_language_model
        from shared.services.runs.pipeline.run import PromptRunPipeline

        ports = self._ports
        return PromptRunPipeline(
            self._documents,
            ports.blobs,
            ports.search_index,
            ports.models,
            self.catalogue.resolve,
            parallel=ports.settings.llm_parallel_requests if has_language_model(ports.settings) else 1,
        )
