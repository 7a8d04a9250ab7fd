"""Units of H.264 samples, with lengths and with start codes, whole and damaged."""

import pytest

from shared.media.inspect.h264_units import has_display_orientation, sequence_parameters

PARAMETERS = b"\x67\x64\x00\x0a"
PICTURE_PARAMETERS = b"\x68\xee"
SLICE = b"\x65\x88\x84"
OTHER_PARAMETERS = b"\x67\x42\x00\x1e"
USER_DATA = b"\x06\x05\x03abc\x80"
LONG_MESSAGE = b"\x06\x05\xff\x01" + b"x" * 256
ORIENTATION = b"\x2f\x02\x10\x00"

AVCC = {1: b"\x01\x64\x00\x0a\xfc\xe1", 4: b"\x01\x64\x00\x0a\xff\xe1"}


def sample(*units: bytes, length_bytes: int) -> tuple[bytes, bytes]:
    """Return a sample and its stream's extradata. ``length_bytes`` 0 stands for start codes."""
    if length_bytes == 0:
        return b"".join(b"\0\0\0\1" + unit for unit in units), b""
    return b"".join(len(unit).to_bytes(length_bytes, "big") + unit for unit in units), AVCC[length_bytes]


@pytest.mark.parametrize("length_bytes", [0, 1, 4])
def test_parameters_before_first_slice_are_found(length_bytes: int) -> None:
    units = (PARAMETERS, PICTURE_PARAMETERS, SLICE, OTHER_PARAMETERS)
    assert sequence_parameters(*sample(*units, length_bytes=length_bytes)) == PARAMETERS
    assert sequence_parameters(*sample(SLICE, length_bytes=length_bytes)) == b""


@pytest.mark.parametrize("length_bytes", [0, 4])
@pytest.mark.parametrize("before", [b"\x06", USER_DATA[:-1], LONG_MESSAGE])
def test_orientation_is_found_behind_other_messages(length_bytes: int, before: bytes) -> None:
    found = sample(before + ORIENTATION + b"\x80", SLICE, length_bytes=length_bytes)
    assert has_display_orientation(*found)
    assert not has_display_orientation(*sample(before + b"\x80", SLICE, length_bytes=length_bytes))


@pytest.mark.parametrize("content", [b"", b"\0\0", b"\xff" * 9, b"\0\0\1", b"\0\0\0\0\0\0\0\0"])
@pytest.mark.parametrize("extradata", [b"", AVCC[4]])
def test_damaged_sample_has_nothing(content: bytes, extradata: bytes) -> None:
    assert sequence_parameters(content, extradata) == b""
    assert not has_display_orientation(content, extradata)
