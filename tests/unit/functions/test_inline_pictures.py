import base64

from functions.api.videos.inline_pictures import InlinePictures

PICTURES = {"small": b"12", "large": b"12345"}


def pictures(room: int) -> InlinePictures:
    return InlinePictures(lambda key: PICTURES.get(key or ""), room)


def test_picture_is_encoded_as_base64() -> None:
    assert pictures(5).base64("large") == base64.b64encode(b"12345").decode()


def test_missing_picture_is_none() -> None:
    assert pictures(5).base64("gone") is None
    assert pictures(5).base64(None) is None


def test_picture_without_room_leaves_room_for_smaller_one() -> None:
    limited = pictures(4)
    assert limited.base64("large") is None
    assert limited.base64("small") is not None
    assert limited.base64("small") is not None
    assert limited.base64("small") is None
