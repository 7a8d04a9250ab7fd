"""Content types of blobs, from the extension or from a type file next to the blob.

Almost every blob has the type of its extension, and needs no type file. Otherwise the file
``<name>!type`` beside the blob contains it (no key contains ``!``). The type file is written before the
blob is renamed into place. While one type replaces another, the file contains both, each with the mark of
its bytes. So a blob and its type match after a crash at any moment.
"""

import json
import os
from pathlib import Path
from typing import Final

SUFFIX: Final = "!type"

UNKNOWN: Final = "application/octet-stream"

# The mimetypes module also reads tables of the operating system, but the types must not vary.
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
    """Identify the bytes of a blob. A rename keeps the mark; replacing the bytes changes it."""
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
