"""Names of downloads that are made of titles."""

import pytest

from shared.domain.file_names import title_stem
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
