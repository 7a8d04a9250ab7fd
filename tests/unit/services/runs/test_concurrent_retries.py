"""Concurrent retries of two segments of one medium: the last writer of the totals includes both."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from shared.domain.runs.prompt_run import RunStatus
from tests.unit.media.samples import make_video
from tests.unit.services.course import Course
from tests.unit.services.deletion.test_deletion_orders import World, interrupted_run, open_world
from tests.unit.services.run_world import FIXED_2, OVERVIEW
from tests.unit.services.storage import ANNA, never

__all__ = ["open_world"]

pytestmark = pytest.mark.slow


def test_totals_include_retry_between_any_writes_of_another(
    open_world: Callable[[], World], tmp_path: Path
) -> None:
    film = make_video(tmp_path / "film.mp4", seconds=4.0)
    for at in count():
        world = open_world()
        media = world.add(film)
        world.models.extractor.broken_at = {0.0, 2.0}
        run = world.run_now([media], world.new_prompt(video_level=OVERVIEW.model_dump()), FIXED_2)
        world.models.extractor.broken_at = set()
        for number, result in enumerate(world.results(run, media)):
            retry_id = f"rty_{number}"
            world.retries.start(ANNA, run.run_id, media.media_id, result.segment_id, retry_id=retry_id)

        def work(course: Course, world: World = world) -> None:
            world.pipeline_on(course).run(world.job("rty_0"), never)

        def other(world: World = world) -> None:
            world.work("rty_1")

        if not interrupted_run(work, other, at, None):
            break
        state, run = world.medium_state(run, media), world.runs.get(ANNA, run.run_id)
        assert (state.successful_segments, state.failed_segments) == (2, 0)
        assert (run.completed_segments, run.field_extraction_failures) == (2, 0)
        assert run.status is RunStatus.COMPLETED
    assert at > 5
