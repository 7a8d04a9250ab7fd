"""Targets are located by their ids, their fields by schemas; marked ones are found and erased."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.errors import NotFound, VersionConflict
from shared.domain.markers.marker import MarkerTarget, TargetMarkers
from shared.ports.records import Delete
from shared.services.library.markers.field_paths import FieldPaths
from shared.services.library.markers.located_target import holder_of, locate
from shared.services.library.markers.marked import Marked
from shared.services.library.markers.marker_erasure import MarkerErasure
from shared.services.library.markers.marker_records import MarkerRecords
from shared.services.search.marked_results import MarkedResults
from shared.services.search.scope import SearchScope
from tests.unit.services.library.markers.test_markers import RED, RESULT, RUN, SEGMENT, VIDEO, World
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "storage")


def test_target_is_located_by_its_id(world: World) -> None:
    media_id = world.media.media_id
    for target in world.targets():
        located = locate("anna", target)
        holder = world.run_id if target.type is RUN else media_id
        assert located.holder_id == holder_of(target.id) == holder
        assert (located.subject is None) == (target.type in (VIDEO, RUN))
    with pytest.raises(NotFound):
        locate("anna", MarkerTarget(type=RESULT, id=media_id))


def test_fields_are_those_of_schemas(world: World) -> None:
    fields = FieldPaths(world.documents)
    for target_type, target_id in ((SEGMENT, world.segment_id), (RESULT, world.result_id)):
        found = fields.of(locate("anna", MarkerTarget(type=target_type, id=target_id)))
        assert {"mood", "tags", "tags[]", "transcription"} <= found
    of_medium = locate("anna", MarkerTarget(type=RESULT, id=f"video:{world.media.media_id}:{world.run_id}"))
    assert fields.of(of_medium) == frozenset()


def test_change_of_deleted_medium_is_refused(world: World) -> None:
    records = MarkerRecords(world.documents)
    marked = records.read(locate("anna", world.targets()[0]))
    world.documents.write(Delete(keys.media("anna", world.media.media_id)))
    after = TargetMarkers(own=None, fields={})
    writes = records.changed(marked, after.with_marker(None, None))
    with pytest.raises(VersionConflict):
        world.documents.write(*writes)


def test_marked_results_are_those_of_marked_segments_and_media(world: World) -> None:
    marked, anywhere = MarkedResults(world.documents), SearchScope()
    assert marked.of(ANNA, anywhere, "any") == frozenset()
    video_result = f"video:{world.media.media_id}:{world.run_id}"
    world.put(MarkerTarget(type=SEGMENT, id=world.segment_id), RED)
    assert marked.of(ANNA, anywhere, "red") == {world.result_id}
    world.put(MarkerTarget(type=VIDEO, id=world.media.media_id), None, "look")
    assert marked.of(ANNA, anywhere, "any") == {world.result_id, video_result}
    assert marked.of(ANNA, SearchScope(media_ids=frozenset({"vid_other"})), "any") == frozenset()
    named = SearchScope(run_ids=frozenset({"run_other"}))
    assert marked.of(ANNA, named, "red") == {world.result_id.replace(world.run_id, "run_other")}
    assert marked.of(BERT, anywhere, "any") == frozenset()


def test_pages_of_marked_media_are_full_and_erased_media_absent(world: World) -> None:
    films = [world.media, world.add_film()[0], world.add_film()[0]]
    for film in films:
        world.put(MarkerTarget(type=VIDEO, id=film.media_id))
    newest = sorted((film.media_id for film in films), reverse=True)
    marked = Marked(world.documents)

    def page(after: str | None) -> tuple[list[str], str | None]:
        found = marked.page(
            "anna", VIDEO, "red", lambda ids: [(each, each) for each in ids], limit=2, after=after
        )
        return found.items, found.next_after

    assert page(None) == (newest[:2], newest[1])
    assert page(newest[1]) == (newest[2:], None)
    MarkerErasure(world.documents).erase_medium("anna", newest[0])
    MarkerErasure(world.documents).erase_medium("anna", newest[0])
    assert page(None) == (newest[1:], None)
    assert world.total() == 2
