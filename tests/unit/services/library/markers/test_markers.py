"""Markers over real records: one for each target, quotas, lists, copies, deletion."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.ids import segment_id
from shared.domain.markers.marker import (
    Marker,
    MarkerColor,
    MarkerTarget,
    MarkerTargetType,
    MarkerTotal,
)
from shared.domain.markers.rules import MAX_MARKERS_OF_MEDIUM, MAX_MARKERS_OF_TARGET
from shared.domain.media import Media
from shared.domain.query.hits import ResultIdentity, segment_result_id, video_result_id
from shared.domain.runs.card import ListedMedia
from shared.domain.runs.prompt_run import PromptRun
from shared.services.library.markers.markers import MarkerFilter, Markers
from shared.services.library.markers.shown_markers import ShownMarkers
from shared.services.library.media_records import new_medium_writes
from shared.services.records.documents import put
from tests.unit.services.run_records import RECIPE, add_run
from tests.unit.services.search_records import new_film
from tests.unit.services.storage import ANNA, BERT, Storage, never

VIDEO, SEGMENT = MarkerTargetType.VIDEO, MarkerTargetType.SEGMENT
RUN, RESULT = MarkerTargetType.PROMPT_RUN, MarkerTargetType.RESULT
RED, BLUE = MarkerColor.RED, MarkerColor.BLUE
SCHEMA = {
    "type": "object",
    "properties": {
        "mood": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        **{f"field_{n}": {"type": "string"} for n in range(MAX_MARKERS_OF_TARGET)},
    },
}


class World:
    """A medium with a run of two segments, and its markers."""

    def __init__(self, folder: Path, max_markers: int = 6) -> None:
        self.storage = Storage(folder)
        self.documents = self.storage.documents
        self.markers = Markers(self.documents, max_markers=max_markers)
        self.shown = ShownMarkers(self.documents)
        self.media, self.run_id = self.add_film()

    def add_film(self) -> tuple[Media, str]:
        film = new_film(None)
        self.documents.write(*new_medium_writes(film))
        run_id = add_run(self.storage, film)

        def with_schema(run: PromptRun) -> PromptRun:
            run.prompt.json_schema = SCHEMA
            return run

        self.documents.update(PromptRun, keys.prompt_run("anna", run_id), with_schema)
        return film, run_id

    @property
    def segment_id(self) -> str:
        return segment_id(self.media.media_id, RECIPE, 0)

    @property
    def result_id(self) -> str:
        return segment_result_id(self.segment_id, self.run_id)

    def targets(self) -> list[MarkerTarget]:
        return [
            MarkerTarget(type=VIDEO, id=self.media.media_id),
            MarkerTarget(type=SEGMENT, id=self.segment_id),
            MarkerTarget(type=SEGMENT, id=self.segment_id, field_path="mood"),
            MarkerTarget(type=RUN, id=self.run_id),
            MarkerTarget(type=RESULT, id=self.result_id),
            MarkerTarget(type=RESULT, id=self.result_id, field_path="tags[]"),
        ]

    def put(self, target: MarkerTarget, color: MarkerColor | None = RED, note: str | None = None) -> Marker:
        return self.markers.put(ANNA, target, color, note)

    def stored(self) -> Media:
        found = self.documents.get(Media, keys.media("anna", self.media.media_id))
        assert found is not None
        return found

    def total(self) -> int:
        found = self.documents.get(MarkerTotal, keys.marker_total("anna"))
        return found.count if found else 0

    def listed(self, wanted: MarkerFilter = MarkerFilter()) -> list[str]:  # noqa: B008 - frozen
        """Return the ids of all listed markers, read one a page."""
        found: list[str] = []
        after: str | None = None
        while True:
            page = self.markers.page(ANNA, wanted, limit=1, after=after)
            found += [marker.marker_id for marker in page.items]
            after = page.next_after
            if after is None:
                return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "storage")


def test_second_put_changes_marker_and_keeps_its_id(world: World) -> None:
    for target in world.targets():
        first = world.put(target, RED, "look")
        again = world.put(target, BLUE)
        assert (again.marker_id, again.created_at) == (first.marker_id, first.created_at)
        assert (again.color, again.note) == (BLUE, None)
        assert world.put(target, BLUE) == again
    assert world.total() == len(world.listed()) == len(world.targets())


def test_copies_agree_with_markers(world: World) -> None:
    made = [world.put(target, BLUE, "look") for target in world.targets()]
    media = world.stored()
    assert (media.marker, media.marker_count) == (made[0].info, 5)
    entry = world.documents.get(ListedMedia, keys.index_media("anna", None, media.media_id))
    assert entry is not None
    assert entry.media == media
    run = world.documents.get(PromptRun, keys.prompt_run("anna", world.run_id))
    assert run is not None
    assert run.marker == made[3].info
    shown = world.shown.of_medium(media)
    segment, result = (
        shown.of_segment(world.segment_id),
        shown.of_segment_result(world.segment_id, world.run_id),
    )
    assert (segment.own, segment.fields) == (made[1].info, {"mood": made[2].info})
    assert (result.own, result.fields) == (made[4].info, {"mood": made[2].info, "tags[]": made[5].info})
    assert shown.of_segment_result(world.segment_id, "run_other") == segment
    assert shown.of_video_result(world.run_id).own == made[0].info
    identities = [
        ResultIdentity(media.media_id, world.segment_id, world.run_id),
        ResultIdentity(media.media_id, "", world.run_id),
    ]
    of_results = world.shown.of_results({media.media_id: media}, identities)
    assert of_results == {identities[0]: result, identities[1]: shown.of_video_result(world.run_id)}
    assert shown.marked_segments("blue") == {world.segment_id}
    assert shown.marked_segments("red") == frozenset()


def test_deleted_marker_leaves_no_copy(world: World) -> None:
    for marker in [world.put(target, BLUE, "look") for target in world.targets()]:
        world.markers.delete(ANNA, marker.marker_id)
        with pytest.raises(NotFound):
            world.markers.delete(ANNA, marker.marker_id)
    assert world.total() == 0
    assert (world.stored().marker, world.stored().marker_count) == (None, 0)
    assert not [record for record in world.storage.every_record() if "look" in str(record.body)]


def test_list_is_filtered_and_paged_newest_first(world: World) -> None:
    made = [world.put(target, RED if n % 2 else BLUE) for n, target in enumerate(world.targets())]
    ids = [marker.marker_id for marker in made]
    newest = sorted(ids, reverse=True)
    assert world.listed() == newest
    assert world.listed(MarkerFilter(color="red")) == [each for each in newest if each in ids[1::2]]
    assert world.listed(MarkerFilter(color="any")) == newest
    assert world.listed(MarkerFilter(target_type=RUN)) == [ids[3]]
    assert world.listed(MarkerFilter(target_id=world.run_id)) == [ids[3]]
    assert sorted(world.listed(MarkerFilter(target_id=world.segment_id))) == sorted(ids[1:3])
    assert sorted(world.listed(MarkerFilter(target_id=world.result_id))) == sorted(ids[4:])
    of_medium = sorted([*ids[:3], *ids[4:]])
    assert sorted(world.listed(MarkerFilter(media_id=world.media.media_id))) == of_medium
    assert world.listed(MarkerFilter(media_id=world.media.media_id, target_type=RUN)) == []
    assert world.markers.page(BERT, MarkerFilter(), limit=9, after=None).items == []
    assert world.markers.page(BERT, MarkerFilter(target_id=world.run_id), limit=9, after=None).items == []


def test_quota_of_tenant_is_kept_and_freed(world: World) -> None:
    made = [world.put(target) for target in world.targets()]
    one_more = MarkerTarget(type=RESULT, id=video_result_id(world.media.media_id, world.run_id))
    with pytest.raises(Conflict) as refused:
        world.put(one_more)
    assert refused.value.details == {"resource": "markers", "limit": 6, "used": 6, "reserved": 0}
    assert world.put(world.targets()[0], BLUE).color is BLUE
    world.markers.delete(ANNA, made[0].marker_id)
    world.put(one_more)


def test_quota_of_target_is_kept(tmp_path: Path) -> None:
    world = World(tmp_path / "storage", max_markers=MAX_MARKERS_OF_TARGET + 9)
    for path in (None, *(f"field_{n}" for n in range(MAX_MARKERS_OF_TARGET - 1))):
        world.put(MarkerTarget(type=SEGMENT, id=world.segment_id, field_path=path))
    with pytest.raises(Conflict) as refused:
        world.put(MarkerTarget(type=SEGMENT, id=world.segment_id, field_path="transcription"))
    assert refused.value.details["resource"] == "markers_of_target"


def test_quota_of_medium_is_kept(world: World) -> None:
    full = world.stored().model_copy(update={"marker_count": MAX_MARKERS_OF_MEDIUM})
    world.documents.write(put(keys.media("anna", full.media_id), full))
    with pytest.raises(Conflict) as refused:
        world.put(MarkerTarget(type=SEGMENT, id=world.segment_id))
    assert refused.value.details["resource"] == "markers_of_video"


def test_target_that_does_not_exist_is_not_found(world: World) -> None:
    other, other_run = world.add_film()
    absent_segment = world.segment_id[:-1] + "9"
    for target_type, target_id in (
        (VIDEO, "vid_none"),
        (VIDEO, world.segment_id),
        (SEGMENT, "seg_none"),
        (SEGMENT, absent_segment),
        (RUN, "run_none"),
        (RUN, world.media.media_id),
        (RESULT, world.segment_id),
        (RESULT, segment_result_id(world.segment_id, "run_none")),
        (RESULT, segment_result_id(world.segment_id, other_run)),
        (RESULT, video_result_id(other.media_id, world.run_id)),
        (RESULT, "video::run"),
    ):
        with pytest.raises(NotFound) as missing:
            world.put(MarkerTarget(type=target_type, id=target_id))
        assert missing.value.details["id"]
    for target in world.targets():
        with pytest.raises(NotFound):
            world.markers.put(BERT, target, RED, None)
    assert not world.listed()


@pytest.mark.parametrize("path", ["moods", "tags[0]", "metadata_text"])
def test_field_of_no_schema_is_refused(world: World, path: str) -> None:
    for target_type, target_id in ((SEGMENT, world.segment_id), (RESULT, world.result_id)):
        with pytest.raises(InvalidRequest) as refused:
            world.put(MarkerTarget(type=target_type, id=target_id, field_path=path))
        assert refused.value.field == "target.field_path"
        world.put(MarkerTarget(type=target_type, id=target_id, field_path="transcription"))


def test_marker_of_another_tenant_is_not_deleted(world: World) -> None:
    marker = world.put(world.targets()[0])
    with pytest.raises(NotFound):
        world.markers.delete(BERT, marker.marker_id)
    assert world.listed() == [marker.marker_id]


def test_concurrent_puts_make_one_marker(world: World) -> None:
    target = MarkerTarget(type=SEGMENT, id=world.segment_id)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: world.put(target, RED, f"note {n}"), range(6)))
    assert len({marker.marker_id for marker in made}) == 1
    assert (world.total(), world.stored().marker_count, len(world.listed())) == (1, 1, 1)


def test_deletion_of_medium_erases_its_markers(world: World) -> None:
    for target in world.targets()[:3]:
        world.put(target, RED, "a secret note")
    other, _ = world.add_film()
    kept = world.put(MarkerTarget(type=VIDEO, id=other.media_id))
    world.storage.deletions.delete_media(ANNA, world.media.media_id)
    assert world.listed() == [kept.marker_id]
    with pytest.raises(NotFound):
        world.put(world.targets()[1])
    world.storage.deletion_work.run(world.storage.jobs.requests[-1], never)
    assert world.total() == 1
    left = [r for r in world.storage.every_record() if "secret note" in str(r.body)]
    assert left == []
