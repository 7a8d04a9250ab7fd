"""Multipart uploads to the server itself, with links that it signs.

An upload is a folder with one file per part, and ``upload.json`` with key and content type of the blob.
"""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from ulid import ULID

from shared.adapters.local.durable_file import make_folders, sync, write_durably
from shared.adapters.local.link_tokens import LinkTokens
from shared.domain.errors import NotFound, NotPermitted
from shared.ports.blobs import Blobs, BlobStat, check_key
from shared.ports.upload_sessions import SignedRequest, UploadIncomplete, UploadNotFound, UploadPart

PARTS_PATH: Final = "/upload-parts"
_DESCRIPTION: Final = "upload.json"
_LINK_FILE_NAME: Final = "part"
_CHUNK: Final = 1024**2


class FolderUploadSessions:
    """Implements ``shared.ports.part_uploads.PartUploads`` and ``PartReceiver``."""

    def __init__(
        self, folder: Path, blobs: Blobs, *, link_base_url: Callable[[], str], signing_key: bytes
    ) -> None:
        """``signing_key`` must sign nothing else, because these tokens permit their bearer to write."""
        self._folder = folder
        self._blobs = blobs
        self._link_base_url = link_base_url
        self._tokens = LinkTokens(signing_key)

    def begin(self, key: str, content_type: str) -> str:
        self._blobs.require_room()
        upload_id = str(ULID())
        folder = self._folder / upload_id
        make_folders(folder)
        description = json.dumps({"key": check_key(key), "content_type": content_type})
        write_durably(folder / _DESCRIPTION, description.encode())
        return upload_id

    def part_links(
        self,
        key: str,  # noqa: ARG002 - stored with the upload
        upload_id: str,
        parts: Sequence[UploadPart],
        *,
        expires_in: int,
    ) -> list[SignedRequest]:
        base = self._link_base_url().rstrip("/")
        links = []
        for part in parts:
            token = self._tokens.make(f"{upload_id}/{part.number}/{part.size}", _LINK_FILE_NAME, expires_in)
            headers = {"Content-Length": str(part.size)}
            links.append(SignedRequest("PUT", f"{base}{PARTS_PATH}?token={token}", headers))
        return links

    def parts(self, key: str, upload_id: str) -> list[UploadPart]:
        self._content_type(key, upload_id)
        files = sorted(path for path in (self._folder / upload_id).iterdir() if path.name.isdigit())
        return [UploadPart(int(path.name), path.stat().st_size) for path in files]

    def complete(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        try:
            content_type = self._content_type(key, upload_id)
        except UploadNotFound:
            return self._stat_of_completed_upload(key, upload_id, expected)
        arrived = set(self.parts(key, upload_id))
        if missing := [part.number for part in expected if part not in arrived]:
            raise UploadIncomplete(missing)
        self._blobs.require_room(sum(part.size for part in expected))
        joined = self._blobs.scratch_file()
        try:
            with joined.open("wb") as target:
                for part in expected:
                    with self._part_path(upload_id, part.number).open("rb") as source:
                        shutil.copyfileobj(source, target, _CHUNK)
            self._blobs.adopt(key, joined, content_type)
        finally:
            joined.unlink(missing_ok=True)
        shutil.rmtree(self._folder / upload_id, ignore_errors=True)
        return BlobStat(sum(part.size for part in expected), content_type)

    def abort(self, key: str, upload_id: str) -> None:  # noqa: ARG002 - as ``part_links``
        shutil.rmtree(self._folder / upload_id, ignore_errors=True)

    def remove_abandoned(self, older_than: timedelta) -> int:
        """Remove abandoned uploads. Returns the number removed."""
        oldest = time.time() - older_than.total_seconds()
        folders = list(self._folder.iterdir()) if self._folder.is_dir() else []
        abandoned = [folder for folder in folders if folder.stat().st_mtime < oldest]
        for folder in abandoned:
            shutil.rmtree(folder, ignore_errors=True)
        return len(abandoned)

    def open_part(self, token: str) -> UploadPart:
        part = self._verify(token)[1]
        self._blobs.require_room(part.size)
        return part

    def keep_part(self, token: str, path: Path) -> None:
        upload_id, part = self._verify(token)
        sync(path)
        shutil.move(path, self._part_path(upload_id, part.number))

    def _verify(self, token: str) -> tuple[str, UploadPart]:
        try:
            name, _ = self._tokens.open(token)
        except NotPermitted as error:
            code = error.code.replace("media_link", "upload_link")
            raise NotPermitted(error.message.replace("media", "upload"), code=code) from error
        upload_id, number, size = name.split("/")
        if not (self._folder / upload_id / _DESCRIPTION).is_file():
            raise NotFound("upload", upload_id)
        return upload_id, UploadPart(int(number), int(size))

    def _content_type(self, key: str, upload_id: str) -> str:
        """Return the content type of an open upload. Raises: UploadNotFound."""
        try:
            description = json.loads((self._folder / upload_id / _DESCRIPTION).read_bytes())
        except (FileNotFoundError, NotADirectoryError) as error:
            raise UploadNotFound(upload_id) from error
        if description["key"] != key:
            raise UploadNotFound(upload_id)
        return str(description["content_type"])

    def _stat_of_completed_upload(self, key: str, upload_id: str, expected: Sequence[UploadPart]) -> BlobStat:
        stat = self._blobs.stat(key)
        if stat is None or stat.size != sum(part.size for part in expected):
            raise UploadNotFound(upload_id)
        return stat

    def _part_path(self, upload_id: str, number: int) -> Path:
        return self._folder / upload_id / f"{number:05d}"
