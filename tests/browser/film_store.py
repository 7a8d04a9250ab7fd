"""A store with an archive in folders: pictures, a file that is no medium, notes. It takes part in imports."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from tests.api.imports import picture
from tests.stores.providers import Provider, provider
from tests.stores.requests import creation

BROKEN: Final = "stills/2024/damaged.png"
_FOLDERS: Final = ("stills/2023", "stills/2024")
_OTHERS: Final = ("stills/2023/contents.txt", "stills/2024/contents.txt", "stills/index.csv")


def film_store(folder: Path, pictures: int = 3) -> Provider:
    """Fill a store with ``pictures`` for each of two folders, a damaged picture and three other files."""
    made = provider("s3")
    for place, inside in enumerate(_FOLDERS):
        for number in range(pictures):
            made.put(f"{inside}/still-{number + 1:02}.png", still(folder, 100 * place + number))
    made.put(BROKEN, b"this is no picture")
    for path in _OTHERS:
        made.put(path, b"one line of text\n")
    return made


def still(folder: Path, seed: int) -> bytes:
    """Make a picture that no other seed makes."""
    return picture(folder, f"{seed}.png", seed=seed).read_bytes()


def connected(api: httpx.Client, store: Provider, name: str, **fields: Any) -> str:
    """Connect a store. Return the id of the connector."""
    path, request = creation(store, name=name, **fields)
    made: Mapping[str, Any] = api.post(path, **request).raise_for_status().json()
    return str(made["connector_id"])
