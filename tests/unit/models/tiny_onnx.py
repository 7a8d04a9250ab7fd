"""Minimal ONNX models that act as the two towers of a joint embedder.

The format is protobuf. Only the required messages are written, field by field, according to ``onnx.proto3``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FLOAT, _INT64 = 1, 7


def _varint(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    dimensions = b"".join(
        _bytes(1, _number(1, size) if isinstance(size, int) else _bytes(2, size)) for size in shape
    )
    tensor_type = _number(1, kind) + _bytes(2, dimensions)
    return _bytes(1, name) + _bytes(2, _bytes(1, tensor_type))


def _tensor(name: str, values: NDArray[np.float32]) -> bytes:
    sizes = b"".join(_number(1, size) for size in values.shape)
    return sizes + _number(2, _FLOAT) + _bytes(8, name) + _bytes(9, values.astype("<f4").tobytes())


def _ints(name: str, values: Sequence[int]) -> bytes:
    return _bytes(1, name) + b"".join(_number(8, value) for value in values) + _number(20, 7)


def _int(name: str, value: int) -> bytes:
    return _bytes(1, name) + _number(3, value) + _number(20, 2)


def _node(operator: str, inputs: Sequence[str], output: str, attributes: Sequence[bytes] = ()) -> bytes:
    encoded_inputs = b"".join(_bytes(1, name) for name in inputs)
    return (
        encoded_inputs + _bytes(2, output) + _bytes(4, operator) + b"".join(_bytes(5, a) for a in attributes)
    )


def _model(
    nodes: Sequence[bytes], graph_input: bytes, graph_output: bytes, tensors: Sequence[bytes] = ()
) -> bytes:
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, "tower")
    graph += (
        b"".join(_bytes(5, tensor) for tensor in tensors) + _bytes(11, graph_input) + _bytes(12, graph_output)
    )
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _number(2, 13))


def image_tower(side: int) -> bytes:
    """Build a model for the mean colour of an image: n x 3 x side x side to n x 3."""
    return _model(
        [
            _node(
                "ReduceMean", ["pixel_values"], "pooler_output", [_ints("axes", [2, 3]), _int("keepdims", 0)]
            )
        ],
        _value("pixel_values", _FLOAT, ["n", 3, side, side]),
        _value("pooler_output", _FLOAT, ["n", 3]),
    )


def text_tower(colours: NDArray[np.float32], tokens: int) -> bytes:
    """Build a model for the mean colour of the words: n x tokens to n x 3. ``colours`` has a row per word."""
    return _model(
        [
            _node("Gather", ["colours", "input_ids"], "words", [_int("axis", 0)]),
            _node("ReduceMean", ["words"], "pooler_output", [_ints("axes", [1]), _int("keepdims", 0)]),
        ],
        _value("input_ids", _INT64, ["n", tokens]),
        _value("pooler_output", _FLOAT, ["n", 3]),
        [_tensor("colours", colours)],
    )
