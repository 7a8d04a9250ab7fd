"""Which fields a scope offers for conditions."""

from pathlib import Path

import pytest

from shared.domain.media import Media
from shared.domain.query.conditions import OPERATORS
from shared.ports.search_index import Level
from shared.services.search.condition_fields import ConditionFields
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


def test_fields_of_newest_run_come_first(world: RunWorld, media: Media) -> None:
    fields = ConditionFields(world.documents)
    assert fields.of(ANNA, IN_PLAYGROUND) == []
    old = world.execute([media], world.new_prompt(video_level=OVERVIEW))
    mood = {"title": "Mood of the scene", "enum": ["calm", "tense"]}
    schema = {"type": "object", "properties": {"mood": mood, "words": {"type": "integer"}}}
    new = world.execute([media], world.new_prompt(json_schema=schema))
    found = fields.of(ANNA, IN_PLAYGROUND)
    assert [(each.path, each.type, each.level, each.run_ids) for each in found] == [
        ("mood", "string", Level.SEGMENT, [new.run_id]),
        ("words", "integer", Level.SEGMENT, [new.run_id, old.run_id]),
        ("lines", "array", Level.SEGMENT, [old.run_id]),
        ("parts", "array", Level.VIDEO, [old.run_id]),
    ]
    assert (found[0].label, found[0].values) == ("Mood of the scene", ("calm", "tense"))
    assert (found[2].label, found[2].operators) == ("Lines", OPERATORS["array"])
    assert fields.of(BERT, IN_PLAYGROUND) == []


def test_named_run_restricts_fields(world: RunWorld, media: Media) -> None:
    named = world.execute([media], world.new_prompt())
    world.execute([media], world.new_prompt(json_schema={"properties": {"other": {"type": "number"}}}))
    scope = SearchScope(run_ids=frozenset({named.run_id}))
    found = ConditionFields(world.documents).of(ANNA, scope)
    assert [each.path for each in found] == ["lines", "words"]
