"""The selection of a run: which of its results satisfy the selection filter of its prompt.

A run has the filter in its copy of the prompt. The filter is evaluated for each medium when the medium ends
in the run, and again when a segment has been retried. Runs of earlier releases have no selection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from shared.domain import keys
from shared.domain.errors import InvalidRequest
from shared.domain.prompts.selection_filter import SelectionFilter, parse_selection_filter
from shared.domain.runs.prompt_run import PromptRun, SegmentResult, VideoResult
from shared.domain.runs.selection import MediumSelection
from shared.services.records.documents import Documents, put


class SelectionStatus(StrEnum):
    """Whether the selection of a run can be read."""

    ABSENT = "absent"
    """The prompt had no selection filter when the run started."""

    PENDING = "pending"
    """The run has not ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    """The filter breaks a rule. An earlier release stored filters unchecked."""


class Selections:
    """Reads the selections of runs."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def matched(self, tenant_id: str, run_id: str, media_id: str) -> frozenset[str] | None:
        """Return the ids of the selected segments of a medium.

        None: the run has no selection, or the medium has not been processed in it.
        """
        return self.matched_in(tenant_id, run_id, [media_id]).get(media_id)

    def matched_in(
        self, tenant_id: str, run_id: str, media_ids: Iterable[str]
    ) -> Mapping[str, frozenset[str]]:
        """Return the ids of the selected segments of several media, in one read. A medium for which
        ``matched`` returns None is missing."""
        selections = [keys.medium_selection(tenant_id, run_id, media_id) for media_id in media_ids]
        found = self._documents.get_many(MediumSelection, selections)
        return {selection.media_id: frozenset(selection.segment_ids) for selection in found}


def selection_status(run: PromptRun) -> SelectionStatus:
    """Return whether the selection of a run can be read."""
    if run.prompt.selection_filter is None:
        return SelectionStatus.ABSENT
    if filter_of_run(run) is None:
        return SelectionStatus.FAILED
    return SelectionStatus.COMPLETED if run.status.is_terminal else SelectionStatus.PENDING


def filter_of_run(run: PromptRun) -> SelectionFilter | None:
    """Return the filter that a run evaluates; None without a filter, or with one that breaks a rule."""
    try:
        return parse_selection_filter(run.prompt)
    except InvalidRequest:
        return None


def select_results(
    documents: Documents, run: PromptRun, media_id: str, results: Iterable[SegmentResult]
) -> MediumSelection | None:
    """Evaluate the filter of a run over the results of one medium, and store the selection.

    Return None, and store nothing, if the run has no filter.
    """
    selection_filter = filter_of_run(run)
    if selection_filter is None:
        return None
    video_result = None
    if selection_filter.video is not None:
        video_result = documents.get(VideoResult, keys.video_result(run.tenant_id, run.run_id, media_id))
    selection = MediumSelection.of(media_id, selection_filter, results, video_result)
    documents.write(put(keys.medium_selection(run.tenant_id, run.run_id, media_id), selection))
    return selection
