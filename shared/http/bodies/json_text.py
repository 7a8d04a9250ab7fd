"""Linear checks of the text of a JSON body, before it is parsed into any object."""

import json
import re
from itertools import accumulate
from typing import Final

from shared.domain.errors import InvalidRequest, PayloadTooLarge

MAX_DEPTH: Final = 100
MAX_CONTAINERS: Final = 25_000
MAX_VALUES: Final = 50_000
MAX_ESCAPES: Final = 200_000
MAX_DIGITS: Final = 1000
"""Limits of arrays and objects together, of values, of escapes in strings, and of the digits of a number.

A schema or a sample of 64 KiB, an array of 5,000 ids and a picture whose base64 has escaped slashes stay
below them. A body at the limits is parsed and validated in tens of milliseconds.
"""

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+(?:"|\\?\Z)')
"""A string; one that is not terminated ends with the text, so that it is scanned once only."""

_DIGITS_AS_ZERO: Final = bytes(ord("0") if byte in b"0123456789.eE+-" else ord(" ") for byte in range(256))
_LONG_NUMBER: Final = b"0" * (MAX_DIGITS + 1)
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def check_text(body: bytes) -> None:
    """Check the size of what ``body`` describes. The time is linear in the length of ``body``.

    Text that is not JSON passes; the parser reports it.

    Raises:
        InvalidRequest: it is nested too deeply, a number is too long, or it is UTF-16 or UTF-32, which
            RFC 8259 forbids and Python's parser accepts.
        PayloadTooLarge: it has too many containers, values or escapes.
    """
    if not json.detect_encoding(body).startswith("utf-8"):
        raise InvalidRequest("body", "must be UTF-8")
    escapes = body.count(b"\\")
    _check_count(escapes, "max_json_escapes", MAX_ESCAPES, "backslashes")
    # Each value has at most a name and a text, and so four quotes that are not escaped.
    _check_count(body.count(b'"') - escapes, "max_json_values", 4 * MAX_VALUES, "quotes")
    _check_structure(_STRING.sub(b'""', body))


def _check_structure(structure: bytes) -> None:
    """Check the body with every string replaced by an empty one."""
    # If there are more brackets than these, the count of containers refuses the body.
    brackets = structure.translate(None, _NOT_BRACKETS)[: 2 * MAX_CONTAINERS]
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > MAX_DEPTH:
        raise InvalidRequest("body", f"must not be nested deeper than {MAX_DEPTH} levels")
    if _LONG_NUMBER in structure.translate(_DIGITS_AS_ZERO):
        raise InvalidRequest("body", f"a number must have at most {MAX_DIGITS} digits")
    containers = structure.count(b"{") + structure.count(b"[")
    _check_count(containers, "max_json_containers", MAX_CONTAINERS, "arrays and objects")
    _check_count(containers + structure.count(b","), "max_json_values", MAX_VALUES, "values")


def _check_count(count: int, rule: str, limit: int, counted: str) -> None:
    if count > limit:
        raise PayloadTooLarge(
            f"The body has {count:,} {counted}; at most {limit:,} are allowed.",
            details={"rule": rule, "limit": limit},
        )
