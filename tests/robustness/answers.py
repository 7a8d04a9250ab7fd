"""What answers are held to, and what is kept behind them."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.robustness.conftest import Tenants


def filled(path: str, identifier: str = "made_up") -> str:
    for name in ("index", "video", "run", "segment", "retry", "prompt", "job"):
        path = path.replace(f"{{{name}_id}}", identifier)
    return path


def error_of(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    assert error["message"]
    assert error["request_id"] == answer.headers["X-Request-ID"]
    return error


def stored(tenants: Tenants) -> tuple[list[Any], list[str], list[str]]:
    """Records, blobs and files under way. When a key was last used is no part of it."""
    folder = tenants.runtime.settings.data_folder
    with closing(sqlite3.connect(folder / "records.sqlite")) as connection:
        rows = connection.execute(
            "SELECT * FROM record WHERE partition NOT GLOB 'api-key#*' ORDER BY partition, sort"
        ).fetchall()
    scratch = [str(path) for path in (folder / "blobs" / ".scratch").rglob("*") if path.is_file()]
    return rows, sorted(tenants.runtime.ports.blobs.keys("")), scratch
