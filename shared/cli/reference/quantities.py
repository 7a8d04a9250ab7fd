"""Numbers with their units, as the pages show them."""

from typing import Final

_UNITS: Final = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))


def count(value: float) -> str:
    """Return a number with commas between thousands."""
    return f"{value:,.0f}"


def data_size(size: int) -> str:
    """Return a number of bytes in the largest unit that divides it."""
    return next((f"{size // unit:,} {name}" for name, unit in _UNITS if size % unit == 0), f"{size:,} bytes")


def duration(seconds: float) -> str:
    """Return a time in the largest of hours, minutes and seconds that divides it."""
    for name, unit in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % unit == 0:
            number = int(seconds // unit)
            return f"{number} {name}{'' if number == 1 else 's'}"
    return f"{seconds:g} seconds"


def span(lengths: tuple[int, int]) -> str:
    """Return the shortest and the longest permitted length."""
    return f"{count(lengths[0])} to {count(lengths[1])}"
