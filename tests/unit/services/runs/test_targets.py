"""The media that a run's target selects, and the targets that are refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.ids import new_id
from shared.domain.media import DeletingIndexes, Index, Media, MediaType
from shared.domain.runs.targets import IndexTarget, MediaTarget, PlaygroundTarget, RunTarget
from shared.services.records.documents import put
from shared.services.runs import targets
from shared.services.runs.targets import RunTargets
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA, BERT

TENANT = ANNA.tenant_id


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def resolver(world: RunWorld) -> RunTargets:
    return RunTargets(world.documents)


def add(
    world: RunWorld,
    index_id: str | None = None,
    *,
    media_type: MediaType = MediaType.VIDEO,
    seconds: float | None = 60.0,
) -> Media:
    media = Media(
        media_id=new_id("vid"),
        tenant_id=TENANT,
        user_id=ANNA.user_id,
        index_id=index_id,
        title="t",
        file_name="t.mp4",
        media_type=media_type,
        content_hash="ab",
        playback_key="media/anna/x/y",
        playback_type="video/mp4",
        duration_seconds=seconds,
        created_at=timestamp(),
        updated_at=timestamp(),
    )
    world.keep(media)
    return media


def mark_deleting(world: RunWorld, media: Media) -> None:
    world.keep(media.model_copy(update={"deleting": True}))


def delete_index(world: RunWorld, index_id: str) -> None:
    """Begin the deletion of an index, whose media are not marked yet."""
    world.documents.update(
        Index, keys.index(TENANT, index_id), lambda index: index.model_copy(update={"deleting": True})
    )
    world.documents.write(put(keys.deleting_indexes(TENANT), DeletingIndexes(index_ids=[index_id])))


def ids(media: object) -> list[str]:
    assert isinstance(media, list)
    return [medium.media_id for medium in media]


def test_index_is_resolved_oldest_first_without_deleted_media(world: RunWorld, resolver: RunTargets) -> None:
    index_id = world.new_index()
    media = [add(world, index_id) for _ in range(3)]
    add(world)
    mark_deleting(world, media[1])
    resolved = resolver.resolve(TENANT, IndexTarget.of(index_id))
    assert ids(resolved.media) == [media[0].media_id, media[2].media_id]
    assert (resolved.index_id, resolved.index_ids) == (index_id, [index_id])


def test_playground_contains_media_without_index(world: RunWorld, resolver: RunTargets) -> None:
    outside = add(world)
    add(world, world.new_index())
    resolved = resolver.resolve(TENANT, PlaygroundTarget())
    assert ids(resolved.media) == [outside.media_id]
    assert (resolved.index_id, resolved.index_ids) == (None, [None])


def test_named_media_keep_their_order_and_shared_index(world: RunWorld, resolver: RunTargets) -> None:
    index_id = world.new_index()
    older, newer = add(world, index_id), add(world, index_id)
    resolved = resolver.resolve(TENANT, MediaTarget.of([newer.media_id, older.media_id]))
    assert ids(resolved.media) == [newer.media_id, older.media_id]
    assert resolved.index_id == index_id
    assert resolved.target == MediaTarget.of([newer.media_id, older.media_id], index_id)


def test_media_of_several_indexes_have_no_common_index(world: RunWorld, resolver: RunTargets) -> None:
    index_id = world.new_index()
    media = [add(world, index_id), add(world), add(world, index_id)]
    named = MediaTarget.of([medium.media_id for medium in media])
    resolved = resolver.resolve(TENANT, named)
    assert (resolved.target, resolved.index_id) == (named, None)
    assert resolved.index_ids == [index_id, None]


@pytest.mark.parametrize(
    ("media_type", "seconds", "accepted"),
    [
        (MediaType.VIDEO, 0.1, True),
        (MediaType.VIDEO, 0.0, False),
        (MediaType.VIDEO, None, False),
        (MediaType.AUDIO, None, False),
        (MediaType.IMAGE, None, True),
    ],
)
def test_only_image_may_lack_duration(
    world: RunWorld, resolver: RunTargets, media_type: MediaType, seconds: float | None, accepted: bool
) -> None:
    add(world, media_type=media_type, seconds=seconds)
    if accepted:
        assert len(resolver.resolve(TENANT, PlaygroundTarget()).media) == 1
        return
    with pytest.raises(InvalidRequest) as refused:
        resolver.resolve(TENANT, PlaygroundTarget())
    assert refused.value.code == "media_duration_missing"


@pytest.mark.parametrize("target", [IndexTarget, PlaygroundTarget])
def test_target_without_media_is_refused(
    world: RunWorld, resolver: RunTargets, target: type[IndexTarget | PlaygroundTarget]
) -> None:
    index_id = world.new_index()
    mark_deleting(world, add(world, index_id if target is IndexTarget else None))
    with pytest.raises(InvalidRequest) as refused:
        resolver.resolve(TENANT, IndexTarget.of(index_id) if target is IndexTarget else PlaygroundTarget())
    assert refused.value.code == "target_empty"


def test_named_medium_must_be_in_named_index(world: RunWorld, resolver: RunTargets) -> None:
    index_id = world.new_index()
    inside, outside = add(world, index_id), add(world)
    with pytest.raises(InvalidRequest, match=outside.media_id):
        resolver.resolve(TENANT, MediaTarget.of([inside.media_id, outside.media_id], index_id))


@pytest.mark.parametrize("hide", [mark_deleting, lambda world, media: delete_index(world, media.index_id)])
def test_hidden_media_are_not_found(
    world: RunWorld, resolver: RunTargets, hide: Callable[[RunWorld, Media], None]
) -> None:
    index_id = world.new_index()
    visible, hidden = add(world), add(world, index_id)
    target = MediaTarget.of([visible.media_id, hidden.media_id])
    hide(world, hidden)
    with pytest.raises(NotFound) as refused:
        resolver.resolve(TENANT, target)
    assert hidden.media_id in refused.value.message
    assert ids(list(resolver.media_of(TENANT, target))) == [visible.media_id]


def test_targets_of_other_tenant_are_not_found(world: RunWorld, resolver: RunTargets) -> None:
    index_id = world.new_index()
    media = add(world, index_id)
    refused: list[RunTarget] = [
        IndexTarget.of(index_id),
        MediaTarget.of([media.media_id]),
    ]
    for target in refused:
        with pytest.raises(NotFound):
            resolver.resolve(BERT.tenant_id, target)


def test_planning_ends_when_deletion_of_index_begins(
    world: RunWorld, resolver: RunTargets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "_BATCH", 1)
    index_id = world.new_index()
    first = add(world, index_id)
    add(world, index_id)
    target = IndexTarget.of(index_id)
    planned = resolver.media_of(TENANT, target)
    assert next(planned) == first
    delete_index(world, index_id)
    assert list(planned) == []
    assert list(resolver.media_of(TENANT, target)) == []
    with pytest.raises(NotFound):
        resolver.resolve(TENANT, target)


def test_named_media_are_read_in_batches_in_order(
    world: RunWorld, resolver: RunTargets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "_BATCH", 2)
    media = [add(world).media_id for _ in range(5)]
    target = MediaTarget.of(media[::-1])
    assert ids(list(resolver.media_of(TENANT, target))) == media[::-1]
