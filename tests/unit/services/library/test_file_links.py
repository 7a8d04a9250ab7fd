"""Links of media files: who gets one, for which files, and with which time fragment."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import NotFound
from shared.domain.media import DeletingIndexes, Media, MediaType, Segment
from shared.services.library.file_links import FileLinks, time_fragment
from shared.services.records.documents import put
from tests.unit.services.run_world import keep_media
from tests.unit.services.storage import ANNA, BERT, Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def links(storage: Storage) -> FileLinks:
    return FileLinks(storage.documents, storage.blobs, link_seconds=60)


@pytest.fixture
def media(storage: Storage) -> Media:
    return add_media(storage)


def add_media(storage: Storage, media_id: str = "vid_1", index_id: str | None = None) -> Media:
    media = Media(
        media_id=media_id,
        tenant_id="anna",
        user_id=ANNA.user_id,
        index_id=index_id,
        title="t",
        file_name="t.mp4",
        media_type=MediaType.VIDEO,
        content_hash="ab",
        playback_key=f"media/anna/{media_id}/t.mp4",
        playback_type="video/mp4",
        poster_key=f"media/anna/{media_id}/poster.jpg",
        duration_seconds=60.0,
        created_at=timestamp(),
        updated_at=timestamp(),
    )
    storage.blobs.write(media.playback_key, b"film", "video/mp4")
    keep_media(storage.documents, media)
    return media


def delete(storage: Storage, media: Media) -> None:
    keep_media(storage.documents, media.model_copy(update={"deleting": True}))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0.0, 10.0, "#t=0,10"), (12.0, 17.5, "#t=12,17.5"), (0.1234, 100.0, "#t=0.123,100")],
)
def test_time_fragment_has_no_trailing_zeros(
    links: FileLinks, media: Media, start: float, end: float, expected: str
) -> None:
    assert time_fragment(media, start, end) == expected
    assert links.segment_uri(media, start, end) == f"{links.playback_uri(media)}{expected}"
    assert links.signed_segment(media, start, end).endswith(expected)


def test_picture_has_no_time_fragment(media: Media) -> None:
    assert time_fragment(media.model_copy(update={"duration_seconds": None}), 0.0, 1.0) == ""


def test_missing_key_has_no_link(links: FileLinks) -> None:
    assert (links.signed(None), links.durable(None)) == (None, None)
    assert links.durable("media/anna/x/y") is not None


def test_thumbnail_of_segment_falls_back_to_poster(links: FileLinks, media: Media) -> None:
    segment = Segment(
        segment_id="seg_1", media_id="vid_1", recipe="r", ordinal=0, start=0, end=1, created_at=timestamp()
    )
    own = segment.model_copy(update={"thumbnail_key": "own.jpg"})
    assert [links.thumbnail_key(media, each) for each in (own, segment, None)] == [
        "own.jpg",
        media.poster_key,
        media.poster_key,
    ]


def test_granted_link_opens_file_and_keeps_fragment(storage: Storage, links: FileLinks, media: Media) -> None:
    granted = links.grant(ANNA, links.segment_uri(media, 1.0, 2.0))
    url, _, fragment = granted.url.partition("#")
    assert fragment == "t=1,2"
    key, _ = storage.blobs.open_link(url.partition("token=")[2])
    assert key == media.playback_key
    assert granted.expires_at > timestamp()
    assert "#" not in links.grant(ANNA, links.playback_uri(media)).url


def test_files_of_others_and_missing_files_are_not_granted(
    storage: Storage, links: FileLinks, media: Media
) -> None:
    storage.blobs.write("imports/anna/imp_1/fil_1/source", b"film", "video/mp4")
    for caller, uri in (
        (BERT, links.playback_uri(media)),
        (ANNA, storage.blobs.uri("media/anna/vid_1/missing.mp4")),
        (ANNA, storage.blobs.uri("media/anna/vid_unknown/t.mp4")),
        (ANNA, storage.blobs.uri("imports/anna/imp_1/fil_1/source")),
        (ANNA, "https://example.com/t.mp4"),
    ):
        with pytest.raises(NotFound):
            links.grant(caller, uri)


def test_file_of_deleted_medium_is_not_granted(storage: Storage, links: FileLinks, media: Media) -> None:
    delete(storage, media)
    with pytest.raises(NotFound):
        links.grant(ANNA, links.playback_uri(media))


def test_file_of_index_under_deletion_is_not_granted(storage: Storage, links: FileLinks) -> None:
    media = add_media(storage, "vid_2", "idx_1")
    links.grant(ANNA, links.playback_uri(media))
    hidden = DeletingIndexes(index_ids=["idx_1"])
    storage.documents.write(put(keys.deleting_indexes("anna"), hidden))
    with pytest.raises(NotFound):
        links.grant(ANNA, links.playback_uri(media))


def test_shared_content_is_granted_while_any_medium_has_it(storage: Storage, links: FileLinks) -> None:
    first, second = add_media(storage, "vid_1"), add_media(storage, "vid_2")
    storage.blobs.write("content/anna/ab/frames/1.jpg", b"frame", "image/jpeg")
    uri = storage.blobs.uri("content/anna/ab/frames/1.jpg")
    delete(storage, first)
    assert links.grant(ANNA, uri).url
    with pytest.raises(NotFound):
        links.grant(BERT, uri)
    delete(storage, second)
    with pytest.raises(NotFound):
        links.grant(ANNA, uri)
