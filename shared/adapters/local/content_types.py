"""What kind of bytes a blob holds: read off its name, or kept in a small file next to it.

Almost every blob has the type that its extension says, and needs no file of its own. Otherwise
``<name>!type`` beside the blob names it (``!`` is in no key). The file is written before the blob
takes its place, and while one type replaces another it holds both, each with the mark of the
bytes it belongs to; so whenever a crash comes, a blob and its type fit.
"""

import json
import os
from pathlib import Path
from typing import Final

SUFFIX: Final = "!type"

UNKNOWN: Final = "application/octet-stream"

# Not the mimetypes module: it reads the machine's own tables, and the answer must never change.
_BY_EXTENSION: Final = {
    ".aac": "audio/aac",
    ".avi": "video/x-msvideo",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".csv": "text/csv",
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".html": "text/html",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".m4a": "audio/mp4",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".npy": "application/octet-stream",
    ".npz": "application/octet-stream",
    ".ogg": "audio/ogg",
    ".opus": "audio/opus",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".srt": "application/x-subrip",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".ts": "video/mp2t",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".zip": "application/zip",
}

_ANY: Final = "*"


def type_file(blob: Path) -> Path:
    return blob.with_name(blob.name + SUFFIX)


def mark(stat: os.stat_result) -> str:
    """Tells the bytes of one blob from those that replace them; kept when a file is renamed."""
    return f"{stat.st_ino}-{stat.st_mtime_ns}"


def read_type(blob: Path, stat: os.stat_result) -> str:
    try:
        types: dict[str, str] = json.loads(type_file(blob).read_bytes())
    except FileNotFoundError:
        return by_extension(blob)
    return types.get(mark(stat)) or types.get(_ANY) or by_extension(blob)


def encode_types(content_type: str) -> bytes:
    return json.dumps({_ANY: content_type}).encode()


def encode_change(before: os.stat_result, old: str, after: os.stat_result, new: str) -> bytes:
    return json.dumps({mark(before): old, mark(after): new}).encode()


def by_extension(blob: Path) -> str:
    return _BY_EXTENSION.get(blob.suffix.lower(), UNKNOWN)
