"""Tests of the values of statuses and stages, which stored records contain and clients read."""

from enum import StrEnum

import pytest
from pydantic import ValidationError

from shared.domain import media
from shared.domain.imports import import_job
from shared.domain.media import MediaType
from shared.domain.query import snapshot
from shared.domain.runs import statuses
from shared.domain.runs.prompt_run import MediumState

STORED: dict[type[StrEnum], str] = {
    statuses.MediumStage: "pending analysis segmentation extraction video_level finished",
    statuses.SegmentStage: "field_extraction indexing",
    statuses.SegmentStatus: "pending completed failed",
    statuses.VideoLevelStatus: "pending completed partial failed cancelled",
    statuses.EmbeddingStatus: "completed failed skipped",
    statuses.BillingStatus: "pending confirmed released",
    statuses.RetryStatus: "pending processing completed failed",
    statuses.StopMode: "graceful",
    statuses.PromptType: "default custom",
    statuses.CallPurpose: "metadata_extraction video_level_extraction prompt_definition repair",
    statuses.CallStatus: "success failed",
    import_job.ImportPhase: (
        "queued scanning fetching probing making_playable completed completed_with_failures failed cancelled"
    ),
    import_job.ImportStage: "fetch probe make register",
    import_job.FileStatus: "pending importing completed failed skipped",
    import_job.OutputStatus: "pending completed failed deleted",
    import_job.SourceKind: "upload uri attachments connector",
    media.DeletionKind: "index media",
    snapshot.SearchMode: "vector condition",
    snapshot.ScopeType: "index playground videos prompt_runs",
}


@pytest.mark.parametrize("kind", STORED)
def test_stored_values_of_statuses_do_not_change(kind: type[StrEnum]) -> None:
    assert [member.value for member in kind] == STORED[kind].split()


def _state() -> MediumState:
    return MediumState(
        run_id="run_1",
        media_id="vid_1",
        media_type=MediaType.VIDEO,
        prompt_id="prm_1",
        ordinal=0,
        created_at="2025-01-01T00:00:00Z",
        updated_at="2025-01-01T00:00:00Z",
    )


def test_unknown_stage_is_refused_on_assignment() -> None:
    state = _state()
    with pytest.raises(ValidationError):
        state.stage = "lunch"  # type: ignore[assignment]
    assert state.stage is statuses.MediumStage.PENDING


def test_state_of_medium_is_stored_with_plain_values() -> None:
    state = _state()
    state.stage = state.failure_stage = statuses.MediumStage.EXTRACTION
    state.video_level_status = statuses.VideoLevelStatus.FAILED
    body = state.model_dump(mode="json")
    assert (body["stage"], body["failure_stage"], body["video_level_status"]) == (
        "extraction",
        "extraction",
        "failed",
    )
    assert {type(body[name]) for name in ("stage", "failure_stage", "video_level_status")} == {str}
    assert MediumState.model_validate(body) == state
