"""UTC time as the product writes it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, aware and in UTC."""
    return datetime.now(UTC)


def isoformat(moment: datetime) -> str:
    """``2026-01-01T00:00:00.000Z``: ISO-8601, UTC, milliseconds, sortable as text."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def timestamp() -> str:
    """The current time as text."""
    return isoformat(now())
