"""Names of files in answers."""

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.file_names import content_disposition


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
