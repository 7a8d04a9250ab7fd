"""Which schemas give the types of filters that omit them."""

from pathlib import Path

import pytest

from shared.domain.media import Media
from shared.ports.search_index import Level
from shared.services.search.scope import PLAYGROUND, SearchScope
from shared.services.workflow.filter_types import FilterTypes
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import OVERVIEW, RunWorld
from tests.unit.services.storage import ANNA, BERT

UNTYPED = [{"field": "lines", "value": "x"}]
DECLARED = {"lines": "array", "lines[]": "string", "words": "integer"}
IN_PLAYGROUND = SearchScope(frozenset({PLAYGROUND}))


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld, tmp_path: Path) -> Media:
    return world.add(make_video(tmp_path / "film.mp4", seconds=1.0))


def of_overview(world: RunWorld, media: Media, level: Level | None) -> dict[str, str]:
    run = world.execute([media], world.new_prompt(video_level=OVERVIEW))
    scope = SearchScope(run_ids=frozenset({run.run_id}), level=level)
    return FilterTypes(world.documents).of(ANNA, scope, UNTYPED)


def test_newest_run_decides(world: RunWorld, media: Media) -> None:
    types = FilterTypes(world.documents)
    assert types.of(ANNA, IN_PLAYGROUND, UNTYPED) == {}
    world.execute([media], world.new_prompt())
    assert types.of(ANNA, IN_PLAYGROUND, UNTYPED) == DECLARED
    text = {"type": "object", "properties": {"lines": {"type": "string"}}}
    world.execute([media], world.new_prompt(json_schema=text))
    assert types.of(ANNA, IN_PLAYGROUND, UNTYPED) == DECLARED | {"lines": "string"}
    assert types.of(BERT, IN_PLAYGROUND, UNTYPED) == {}


def test_filters_with_types_need_no_schema(world: RunWorld, media: Media) -> None:
    world.execute([media], world.new_prompt())
    types = FilterTypes(world.documents)
    assert types.of(ANNA, IN_PLAYGROUND, [{**UNTYPED[0], "type": "string"}]) == {}
    assert types.of(ANNA, IN_PLAYGROUND, [{**UNTYPED[0], "type": None}]) == DECLARED


def test_level_of_results_chooses_schema(world: RunWorld, media: Media) -> None:
    overview = {"parts": "array", "parts[]": "integer"}
    assert of_overview(world, media, Level.VIDEO) == overview
    assert of_overview(world, media, Level.SEGMENT) == DECLARED
    assert of_overview(world, media, None) == DECLARED | overview
