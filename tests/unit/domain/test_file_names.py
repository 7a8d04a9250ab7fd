"""Names of files in answers, and of downloads that are made of titles."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.file_names import content_disposition, title_stem
from tests.hostile_texts import TEXTS


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("A film", "A film"),
        ("../../etc/passwd", "..-..-etc-passwd"),
        ("c:\\films\\a", "c--films-a"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie- b"),
        ("film\u202e4pm", "film4pm"),
        ("\n", "media"),
        ("x" * 255, "x" * 200),
    ],
)
def test_title_is_reduced_to_one_name_of_a_file(title: str, stem: str) -> None:
    assert title_stem(title) == stem


@pytest.mark.parametrize("title", TEXTS)
def test_no_title_has_a_path_or_a_line(title: str) -> None:
    stem = title_stem(title)
    assert stem.isprintable()
    assert not set("/\\:") & set(stem)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_name_arrives_whole_and_cannot_end_the_header(name: str) -> None:
    header = content_disposition("attachment", name)
    assert header.isascii()
    assert header.isprintable()
    plain, encoded = header.removeprefix('attachment; filename="').split("\"; filename*=UTF-8''")
    assert len(plain) == len(name)
    assert unquote(encoded) == name


def test_clients_without_the_encoded_name_get_a_plain_one() -> None:
    assert content_disposition("inline", 'Zoë "100 %" a/b.mp4').startswith(
        'inline; filename="Zo_ _100 __ a_b.mp4"; '
    )
