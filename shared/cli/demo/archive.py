"""The archive that the demo leaves: its playable files, and the commands that serve it."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from shared.cli.demo.work import INDEX_NAME

_URI_PREFIX: Final = "media://local/"
_PLAYABLE: Final = ("video", "audio")

CONSOLE: Final = "http://127.0.0.1:8000/"
"""Where `make serve` shows the console without other choices."""

_NEXT_STEPS: Final = """
The archive is in {data}. To serve it:

  {serve}

Then look at it in a browser, at {console}
The first line that the server prints is a link to it that signs you in.

Or search it in another terminal:

  export VIDEO_VECTOR_BASE_URL=http://127.0.0.1:8000/api/v2
  export VIDEO_VECTOR_API_KEY={key}
  curl -sS "$VIDEO_VECTOR_BASE_URL/workflow/search" -H "X-API-Key: $VIDEO_VECTOR_API_KEY" \\
    -H "Content-Type: application/json" -d {search}

The key is shown this once. It may do everything."""


def players_of(media: Sequence[Any], out: Path) -> dict[str, str]:
    """Return the address, relative to ``out``, of the file of each medium that can be played, by media id.

    The archive keeps a medium as a plain file in a form that browsers play, so that the page needs no server.
    """
    found = {}
    for medium in media:
        key = str(medium.video_uri).removeprefix(_URI_PREFIX).partition("#")[0]
        path = Path("data", "blobs", "objects", key)
        if medium.media_type in _PLAYABLE and (out / path).is_file():
            found[medium.video_id] = quote(path.as_posix())
    return found


def next_steps(data: Path, api_key: str, query: str) -> str:
    """Return the commands that serve and search the archive in ``data``."""
    search = shlex.quote(json.dumps({"index_name": INDEX_NAME, "query": query}))
    return _NEXT_STEPS.format(
        data=_folder(data), serve=serve_command(data), console=CONSOLE, key=api_key, search=search
    )


def serve_command(data: Path) -> str:
    """Return the command that serves the archive in ``data``."""
    return f"make serve {shlex.quote(f'DATA={_folder(data)}')}"


def _folder(data: Path) -> str:
    return str(data) if data.is_absolute() else f"./{data}"
