"""Which runs a search scope covers."""

from pathlib import Path

import pytest

from shared.domain.media import Media
from shared.services.search.covered_runs import CoveredRuns, result_schemas
from shared.services.search.scope import PLAYGROUND, SearchScope
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import OVERVIEW, RunWorld
from tests.unit.services.storage import ANNA, BERT

IN_PLAYGROUND = SearchScope(frozenset({PLAYGROUND}))


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld, tmp_path: Path) -> Media:
    return world.add(make_video(tmp_path / "film.mp4", seconds=1.0))


def test_newest_runs_are_covered_oldest_first(world: RunWorld, media: Media) -> None:
    runs = [world.execute([media], world.new_prompt()).run_id for _ in range(3)]
    covered = CoveredRuns(world.documents)
    for scope in (IN_PLAYGROUND, SearchScope(media_ids=frozenset({media.media_id}))):
        assert [run.run_id for run in covered.of(ANNA, scope, 2)] == runs[1:]
    named = SearchScope(run_ids=frozenset({runs[0]}))
    assert [run.run_id for run in covered.of(ANNA, named, 2)] == runs[:1]
    assert covered.of(BERT, named, 2) == covered.of(BERT, IN_PLAYGROUND, 2) == []


def test_schemas_of_both_levels_are_given(world: RunWorld, media: Media) -> None:
    run_id = world.execute([media], world.new_prompt(video_level=OVERVIEW)).run_id
    [run] = CoveredRuns(world.documents).of(ANNA, SearchScope(run_ids=frozenset({run_id})), 1)
    levels = [level for level, _ in result_schemas(run)]
    assert levels == ["video", "segment"]
    assert [level for level, _ in result_schemas(run, levels[1])] == ["segment"]
