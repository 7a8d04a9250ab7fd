"""Checks of error answers, and the stored state behind them."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.robustness.conftest import Tenants


def fill_path(path: str, identifier: str = "made_up") -> str:
    """Replace each id parameter of the path by ``identifier``."""
    for name in ("index", "video", "run", "segment", "retry", "prompt", "job"):
        path = path.replace(f"{{{name}_id}}", identifier)
    return path


def error_of(answer: Any) -> dict[str, Any]:
    """Return the error object, after a check of its message and its request id."""
    error: dict[str, Any] = answer.json()["error"]
    assert error["message"]
    assert error["request_id"] == answer.headers["X-Request-ID"]
    return error


def stored_state(tenants: Tenants) -> tuple[list[Any], list[str], list[str]]:
    """Return records, blobs and scratch files, without API keys, whose time of last use changes."""
    folder = tenants.runtime.settings.data_folder
    with closing(sqlite3.connect(folder / "records.sqlite")) as connection:
        rows = connection.execute(
            "SELECT * FROM record WHERE partition NOT GLOB 'api-key#*' ORDER BY partition, sort"
        ).fetchall()
    scratch = [str(path) for path in (folder / "blobs" / ".scratch").rglob("*") if path.is_file()]
    return rows, sorted(tenants.runtime.ports.blobs.keys("")), scratch
