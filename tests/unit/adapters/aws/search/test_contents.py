"""The packed values that answers show."""

from shared.adapters.aws.search.layout.contents import frames, packed_frames, packed_texts, texts
from shared.ports.search_index import PicturePassage, TextPassage
from tests.contract.search_documents import direction, document


def test_texts_are_restored_from_base64_without_padding() -> None:
    passages = [
        TextPassage("people[].name", "people[1].name", 'Zoë "\ud800" \n', direction(1)),
        TextPassage("", "", "", direction(2)),
    ]
    packed = packed_texts(document("id", passages=passages), [["zoe"], []])
    assert packed is not None

    result_id, shown = texts(packed.rstrip("="))

    assert result_id == "id"
    assert shown == [("people[].name", "people[1].name", 'Zoë "\ud800" \n', "zoe"), ("", "", "", "")]


def test_frames_are_restored() -> None:
    pictures = [PicturePassage(1.25, "a.jpg", direction(1))]
    packed = packed_frames(document("id", pictures=pictures))
    assert packed is not None

    assert frames(packed.rstrip("=")) == ("id", [(1.25, "a.jpg")])


def test_document_without_passages_has_no_value() -> None:
    assert packed_texts(document("id"), []) is None
    assert packed_frames(document("id")) is None
