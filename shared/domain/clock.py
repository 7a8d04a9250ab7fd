"""The current time in UTC, and the text format of timestamps."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time as an aware datetime in UTC."""
    return datetime.now(UTC)


def isoformat(moment: datetime) -> str:
    """Format a time as ``2026-01-01T00:00:00.000Z``: ISO 8601, UTC, milliseconds, sortable as text."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def timestamp() -> str:
    """Return the current time as text."""
    return isoformat(now())
