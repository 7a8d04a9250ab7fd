"""Indexes that a test makes for itself, because all tests share one server."""

import httpx


def new_index(api: httpx.Client, name: str) -> str:
    """Create an index. Return its id."""
    return str(api.post("/indexes", json={"name": name}).raise_for_status().json()["index_id"])
