"""Reads of media: batches, pages and small pictures."""

from pathlib import Path

import pytest
from ulid import ULID

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.ids import recipe_fingerprint, segment_id
from shared.domain.media import Media, MediaType, Segment
from shared.services.library.media_library import MediaLibrary
from shared.services.records.documents import put
from tests.unit.services.run_world import keep_media
from tests.unit.services.storage import ANNA, BERT, Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def library(storage: Storage) -> MediaLibrary:
    return MediaLibrary(storage.documents, storage.blobs)


def add_media(storage: Storage, index_id: str | None = None, **changes: object) -> Media:
    media = Media(
        media_id=f"vid_{ULID()}",
        tenant_id="anna",
        user_id=ANNA.user_id,
        index_id=index_id,
        title="t",
        file_name="t.mp4",
        media_type=MediaType.VIDEO,
        content_hash="ab",
        playback_key="media/anna/x/t.mp4",
        playback_type="video/mp4",
        created_at=timestamp(),
        updated_at=timestamp(),
    ).model_copy(update=changes)
    keep_media(storage.documents, media)
    return media


def add_segment(storage: Storage, media: Media, thumbnail_key: str | None) -> str:
    segment = Segment(
        segment_id=segment_id(media.media_id, "fixed:1", 0),
        media_id=media.media_id,
        recipe="fixed:1",
        ordinal=0,
        start=0,
        end=1,
        thumbnail_key=thumbnail_key,
        created_at=timestamp(),
    )
    key = keys.segment("anna", media.media_id, recipe_fingerprint("fixed:1"), 0)
    storage.documents.write(put(key, segment))
    return segment.segment_id


def test_batch_is_in_order_of_ids_with_repetitions(storage: Storage, library: MediaLibrary) -> None:
    first, second = add_media(storage), add_media(storage)
    ids = [second.media_id, first.media_id, second.media_id]
    assert [media.media_id for media in library.get_many(ANNA, ids)] == ids


@pytest.mark.parametrize(("count", "refused"), [(0, True), (1, False), (100, False), (101, True)])
def test_batch_has_1_to_100_ids(storage: Storage, library: MediaLibrary, count: int, refused: bool) -> None:
    ids = [add_media(storage).media_id] * count
    if refused:
        with pytest.raises(InvalidRequest):
            library.get_many(ANNA, ids)
    else:
        assert len(library.get_many(ANNA, ids)) == count


def test_batch_names_first_unknown_medium(storage: Storage, library: MediaLibrary) -> None:
    known, deleted = add_media(storage), add_media(storage, deleting=True)
    with pytest.raises(NotFound) as refused:
        library.get_many(ANNA, [known.media_id, deleted.media_id, "vid_unknown"])
    assert deleted.media_id in refused.value.message
    with pytest.raises(NotFound):
        library.get_many(BERT, [known.media_id])


def test_pages_are_newest_first_and_full_despite_deletions(storage: Storage, library: MediaLibrary) -> None:
    index_id = storage.new_index()
    media = [add_media(storage, index_id, deleting=number in (1, 2)) for number in range(5)]
    add_media(storage)
    first = library.page(ANNA, index_id, limit=2, after=None)
    rest = library.page(ANNA, index_id, limit=2, after=first.next_after)
    shown = [[line.media.media_id for line in page.items] for page in (first, rest)]
    assert shown == [[media[4].media_id, media[3].media_id], [media[0].media_id]]
    assert rest.next_after is None


def test_page_of_missing_or_foreign_index_is_not_found(storage: Storage, library: MediaLibrary) -> None:
    foreign = storage.new_index(BERT)
    for index_id in ("idx_unknown", foreign):
        with pytest.raises(NotFound):
            library.page(ANNA, index_id, limit=2, after=None)
    assert library.page(ANNA, None, limit=2, after=None).items == []


@pytest.mark.parametrize(
    ("preview_key", "stored", "found"),
    [("previews/1.gif", True, True), ("previews/1.gif", False, False), (None, True, False)],
)
def test_preview_is_found_only_if_stored(
    storage: Storage, library: MediaLibrary, preview_key: str | None, stored: bool, found: bool
) -> None:
    media = add_media(storage, preview_key=preview_key)
    if stored:
        storage.blobs.write("previews/1.gif", b"GIF89a", "image/gif")
    assert library.inline_picture(preview_key) == (b"GIF89a" if found else None)
    if found:
        assert library.preview(ANNA, media.media_id) == b"GIF89a"
    else:
        with pytest.raises(NotFound):
            library.preview(ANNA, media.media_id)


@pytest.mark.parametrize(("own", "expected"), [("own.jpg", b"own"), (None, b"poster")])
def test_thumbnail_of_segment_falls_back_to_poster(
    storage: Storage, library: MediaLibrary, own: str | None, expected: bytes
) -> None:
    storage.blobs.write("poster.jpg", b"poster", "image/jpeg")
    storage.blobs.write("own.jpg", b"own", "image/jpeg")
    segment = add_segment(storage, add_media(storage, poster_key="poster.jpg"), own)
    assert library.segment_thumbnail(ANNA, segment) == expected
    with pytest.raises(NotFound):
        library.segment_thumbnail(BERT, segment)


def test_thumbnail_of_missing_segment_or_deleted_medium_is_not_found(
    storage: Storage, library: MediaLibrary
) -> None:
    storage.blobs.write("own.jpg", b"own", "image/jpeg")
    deleted = add_segment(storage, add_media(storage, deleting=True), "own.jpg")
    unknown = segment_id(add_media(storage).media_id, "fixed:1", 0)
    for segment in (deleted, unknown, "no-segment-id"):
        with pytest.raises(NotFound):
            library.segment_thumbnail(ANNA, segment)
