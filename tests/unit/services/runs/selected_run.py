"""A run with a selection filter, whose results are stored by a test instead of the pipeline."""

from typing import Final

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.prompts.prompt import ConditionSet
from shared.domain.runs.prompt_run import MediumState, PromptRun, SegmentResult
from shared.services.records.documents import put
from shared.services.runs.pipeline.finish import finish_medium, finish_run
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.medium_work import RECIPE, medium_work, segments
from tests.unit.services.storage import ANNA

BUSY: Final[ConditionSet] = {"conditions": [{"field": "words", "operator": "greater_than", "value": 1}]}


def extracted(
    world: RunWorld, run: PromptRun, media: Media, *words: int | None, breaks_off: bool = False
) -> list[str]:
    """Store a result for each number of words, failed for None, and end the medium unless it
    breaks off. Return the ids."""
    work = medium_work(world, media, run)
    ids = []
    for segment, count in zip(segments(media, len(words)), words, strict=True):
        result = SegmentResult(
            run_id=run.run_id,
            media_id=media.media_id,
            segment_id=segment.segment_id,
            prompt_id=run.prompt_id,
            ordinal=segment.ordinal,
            start=segment.start,
            end=segment.end,
            metadata={} if count is None else {"words": count},
            completed_at=run.executed_at,
            executed_at=run.executed_at,
        )
        result.field_extraction.succeeded = count is not None
        key = keys.segment_result(ANNA.tenant_id, run.run_id, media.media_id, segment.segment_id)
        world.documents.write(put(key, result))
        ids.append(segment.segment_id)

    def segmented(state: MediumState) -> MediumState:
        state.recipe, state.total_segments = RECIPE, len(words)
        return state

    work.progress.change(media.media_id, segmented)
    if not breaks_off:
        finish_medium(work)
    return ids


def ended(world: RunWorld, run: PromptRun) -> PromptRun:
    found = finish_run(world.documents, run)
    assert found is not None
    return found
