"""Booleans: true and false both need evidence."""

from dataclasses import replace

import pytest

from shared.models.builtin.extraction.booleans import boolean_answer
from tests.unit.models.builtin.extraction.material import field, findings


@pytest.mark.parametrize(
    ("speech", "media_type", "answer"),
    [("hello there", "video", True), ("", "video", None), ("", "audio", None), ("", "image", False)],
)
def test_speech_is_absent_from_pictures_only(speech: str, media_type: str, answer: bool | None) -> None:
    seen = findings(speech=speech, media_type=media_type)
    assert boolean_answer(field("has_speech"), seen) is answer
    assert boolean_answer(field("is_someone_talking"), seen) is answer


@pytest.mark.parametrize(
    ("lines", "has_images", "answer"),
    [(("MENU",), True, True), (("MENU",), False, True), ((), True, False), ((), False, None)],
)
def test_text_is_absent_if_pictures_were_read(
    lines: tuple[str, ...], has_images: bool, answer: bool | None
) -> None:
    seen = replace(findings(lines=lines), has_images=has_images)
    assert boolean_answer(field("has_text"), seen) is answer


@pytest.mark.parametrize(
    ("name", "media_type", "answer"),
    [
        ("is_video", "video", True),
        ("is_audio", "video", False),
        ("is_photo", "image", True),
        ("is_picture", "audio", False),
        ("is_music_video", "video", None),
    ],
)
def test_media_type_decides_fields_about_it(name: str, media_type: str, answer: bool | None) -> None:
    assert boolean_answer(field(name), findings(media_type=media_type)) is answer


@pytest.mark.parametrize(
    ("name", "description", "answer"),
    [
        ("contains_espresso", "", True),
        ("contains_food", "", True),  # a category of which a member is seen
        ("contains_dog", "", None),
        ("espresso_cup", "", True),
        ("espresso_spoon", "", None),  # only one of the two words
        ("is_it_shown", "", None),
        ("flag", "", None),
        ("is_shown", "Whether espresso is visible", True),
    ],
)
def test_words_of_name_need_evidence_each(name: str, description: str, answer: bool | None) -> None:
    seen = findings(tags=(("espresso", 0.9, "scene"),), lines=("one cup",))
    assert boolean_answer(field(name, description), seen) is answer
