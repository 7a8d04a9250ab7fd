"""Matches of saved searches."""

from datetime import UTC, datetime

from shared.domain.alerts.match import MatchedSegment, SearchMatch


def segment(media_id: str, number: int) -> MatchedSegment:
    return MatchedSegment(
        media_id=media_id,
        index_id=None,
        segment_id=f"seg_{number}",
        start=float(number),
        end=number + 1.0,
        score=0.5,
    )


MATCH = SearchMatch(
    saved_search_id="sav_1",
    tenant_id="anna",
    run_id="run_1",
    event_id="evt_1",
    matched_at="2026-01-01T00:00:00.000Z",
    threshold=None,
    segments=[segment("vid_1", 1), segment("vid_2", 2), segment("vid_1", 3)],
    has_more=False,
)


def test_media_of_match_are_named_once() -> None:
    assert MATCH.media_ids == ["vid_1", "vid_2"]


def test_match_without_a_medium_keeps_the_other_segments() -> None:
    assert MATCH.without("vid_1").segments == [segment("vid_2", 2)]
    assert MATCH.without("vid_3") == MATCH


def test_match_expires_after_ninety_days() -> None:
    assert MATCH.expires_at == datetime(2026, 4, 1, tzinfo=UTC)
