"""The packed values that answers show."""

import pytest

from shared.adapters.aws.search.layout.contents import ShownTexts, frames, packed_frames, packed_texts
from shared.ports.search_index import PicturePassage, TextPassage
from tests.contract.search_documents import direction, document


@pytest.mark.parametrize("text", ['Zoë "\ud800" \n', "", "a\0b", "\x01", "\x010", "\x01\0", "\0\x011\x01"])
def test_texts_are_restored_from_base64_without_padding(text: str) -> None:
    passages = [
        TextPassage("people[].name", "people[1].name", text, direction(1)),
        TextPassage("", "", "", direction(2)),
    ]
    packed = packed_texts(document(text, passages=passages), [["zoe", "b"], []])
    assert packed is not None

    shown = ShownTexts(packed.rstrip("="))

    assert shown.result_id == text
    assert list(shown) == [("people[].name", "people[1].name", text, "zoe b"), ("", "", "", "")]
    assert [shown.words(0), shown.words(1)] == ["zoe b", ""]


def test_frames_are_restored() -> None:
    pictures = [PicturePassage(1.25, "a.jpg", direction(1)), PicturePassage(1e-9, "\0", direction(1))]
    packed = packed_frames(document("id", pictures=pictures))
    assert packed is not None

    assert frames(packed.rstrip("=")) == ("id", [(1.25, "a.jpg"), (1e-9, "\0")])


def test_document_without_passages_has_no_value() -> None:
    assert packed_texts(document("id"), []) is None
    assert packed_frames(document("id")) is None
