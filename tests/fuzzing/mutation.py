"""Damaged copies of files, determined by a seed."""

import random
from collections.abc import Callable, Sequence
from typing import Final

_EXTREMES: Final = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
_HEAD_BYTES: Final = 2048
"""Damage at the start of a file reaches the parsers of its structure, elsewhere mostly coded samples."""

Mutation = Callable[[random.Random, bytearray, bytes], None]


def mutated(seed: int, originals: Sequence[bytes]) -> bytes:
    """Return one of ``originals`` with up to eight mutations. The same seed gives the same bytes."""
    choice = random.Random(seed)
    content = bytearray(choice.choice(originals))
    for _ in range(choice.randint(1, 8)):
        choice.choice(_MUTATIONS)(choice, content, choice.choice(originals))
    return bytes(content)


def _position(choice: random.Random, content: bytearray) -> int:
    within = min(len(content), _HEAD_BYTES) if choice.random() < 0.5 else len(content)
    return choice.randrange(max(1, within))


def _flip_bit(choice: random.Random, content: bytearray, _other: bytes) -> None:
    if content:
        content[_position(choice, content)] ^= 1 << choice.randrange(8)


def _overwrite_noise(choice: random.Random, content: bytearray, _other: bytes) -> None:
    at = _position(choice, content)
    noise = choice.randbytes(choice.randint(1, 64))
    content[at : at + len(noise)] = noise


def _overwrite_number(choice: random.Random, content: bytearray, _other: bytes) -> None:
    """Overwrite 2, 4 or 8 bytes with a number at a limit: sizes, counts, times and offsets."""
    at, width = _position(choice, content), choice.choice((2, 4, 8))
    number = choice.choice(_EXTREMES) % 2 ** (8 * width)
    content[at : at + width] = number.to_bytes(width, choice.choice(("big", "little")))


def _truncate(choice: random.Random, content: bytearray, _other: bytes) -> None:
    del content[_position(choice, content) + 1 :]


def _remove_span(choice: random.Random, content: bytearray, _other: bytes) -> None:
    at = _position(choice, content)
    del content[at : at + choice.randint(1, 4096)]


def _repeat_span(choice: random.Random, content: bytearray, _other: bytes) -> None:
    at = _position(choice, content)
    content[at:at] = content[at : at + choice.randint(1, 4096)] * choice.randint(1, 8)


def _insert_of_other(choice: random.Random, content: bytearray, other: bytes) -> None:
    start = choice.randrange(max(1, len(other)))
    at = _position(choice, content)
    content[at:at] = other[start : start + choice.randint(1, 65536)]


_MUTATIONS: Final[tuple[Mutation, ...]] = (
    _flip_bit,
    _overwrite_noise,
    _overwrite_number,
    _overwrite_number,
    _truncate,
    _remove_span,
    _repeat_span,
    _insert_of_other,
)
