"""Errors of Pillow and its codecs."""

import struct
import zlib
from typing import Final

DECODE_ERRORS: Final = (
    EOFError,
    OSError,
    ValueError,
    SyntaxError,
    RuntimeError,
    ArithmeticError,
    LookupError,
    TypeError,
    struct.error,
    zlib.error,
)
"""What Pillow and its codecs raise for damaged files."""
