"""The Range header: which part of a body it asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.byte_ranges import ByteRange, RangeNotSatisfiable, parse_range


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=99-99", 99, 100),
        ("bytes=40-", 40, 100),
        ("bytes=40-500", 40, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-500", 0, 100),
        ("bytes = 5 - 9 ", 5, 10),
        ("bytes=0-9999999999999999999", 0, 100),
    ],
)
def test_range_is_cut_to_body(header: str, start: int, end: int) -> None:
    found = parse_range(header, 100)
    assert found == ByteRange(start, end, 100)
    assert found.content_range == f"bytes {start}-{end - 1}/100"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=-",
        "bytes=",
        "bytes=0-1,3-4",
        "bytes=5-4",
        "items=0-1",
        "Bytes=0-1",
        "bytes=a-b",
        "bytes=+1-2",
        "0-1",
        "bytes=0-99999999999999999999",
    ],
)
def test_other_header_asks_for_whole_body(header: str | None) -> None:
    assert parse_range(header, 100) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=100-200", 100), ("bytes=-0", 100), ("bytes=0-", 0)]
)
def test_range_outside_body_is_refused(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, size)


@given(st.integers(1, 1000), st.data())
def test_ranges_of_content_range_are_the_same(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size + 10))
    found = parse_range(f"bytes={first}-{last}", size)
    assert found is not None
    assert (found.start, found.end) == (first, min(size, last + 1))
    shown = found.content_range.removesuffix(f"/{size}").replace("bytes ", "bytes=")
    assert parse_range(shown, size) == found
