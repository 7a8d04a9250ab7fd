"""Media without files, their results, and the search documents of these: what search and alerts read."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.clock import timestamp
from shared.domain.ids import new_id, segment_id
from shared.domain.media import Media, MediaType
from shared.domain.query.hits import segment_result_id
from shared.domain.query.leaves import leaves
from shared.domain.runs.prompt_run import OperationOutcome, SegmentResult
from shared.ports.search_index import Level, PicturePassage, SearchDocument, TextPassage
from tests.unit.services.storage import ANNA


def new_film(index_id: str | None) -> Media:
    """Return the record of a medium of a minute, whose files do not exist."""
    return Media(
        media_id=new_id("vid"),
        tenant_id=ANNA.tenant_id,
        user_id=ANNA.user_id,
        index_id=index_id,
        title="A film",
        file_name="film.mp4",
        media_type=MediaType.VIDEO,
        content_hash="0" * 64,
        playback_key="media/anna/film.mp4",
        playback_type="video/mp4",
        duration_seconds=60.0,
        created_at=timestamp(),
        updated_at=timestamp(),
    )


def result_of_second(media: Media, run_id: str, second: int, metadata: Mapping[str, Any]) -> SegmentResult:
    """Return the result of the segment that is one second long and begins at ``second``."""
    return SegmentResult(
        run_id=run_id,
        media_id=media.media_id,
        segment_id=segment_id(media.media_id, "fixed:1", second),
        prompt_id="prm_1",
        ordinal=second,
        start=float(second),
        end=second + 1.0,
        metadata=dict(metadata),
        field_extraction=OperationOutcome(succeeded=True),
        completed_at=timestamp(),
        executed_at=timestamp(),
    )


def document_of(
    media: Media,
    result: SegmentResult,
    passages: Sequence[TextPassage],
    pictures: Sequence[PicturePassage] = (),
) -> SearchDocument:
    return SearchDocument(
        result_id=segment_result_id(result.segment_id, result.run_id),
        tenant_id=media.tenant_id,
        index_id=media.index_id or "",
        run_id=result.run_id,
        media_id=media.media_id,
        segment_id=result.segment_id,
        level=Level.SEGMENT,
        start=result.start,
        executed_at=result.executed_at,
        leaves=leaves(result.metadata),
        passages=list(passages),
        pictures=list(pictures),
    )
