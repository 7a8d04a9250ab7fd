"""Downloads of exports: links that need no credential, and the bytes of files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from shared.domain import blob_keys, clock, keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import Conflict, Gone, NotFound, NotPermitted
from shared.domain.exports.download_token import DownloadPermit, make_token, open_token
from shared.domain.exports.export import DestinationType, Export, ExportStatus, RemovalReason
from shared.ports.blobs import BlobNotFound, Blobs
from shared.ports.secrets import Secrets
from shared.services.records.documents import Documents

_SECRET_NAME: Final = "export-link-signing-key"  # noqa: S105 - a name
_API: Final = "/api/v2"


@dataclass(frozen=True, slots=True)
class ExportDownload:
    """The file of an export: its size in bytes, and its content."""

    export: Export
    size: int
    content: Iterator[bytes]


def download_path(export_id: str) -> str:
    """Return the path of an export's download."""
    return f"{_API}/exports/{quote(export_id, safe='')}/download"


class Downloads:
    """Opens the files of exports."""

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        secrets: Callable[[], Secrets],
        *,
        base_url: str,
        link_life: timedelta,
        streaming_origin: str | None = None,
    ) -> None:
        """``base_url`` is the origin under which clients reach the server. Links are made over TLS only, and
        without a path before ``/api/v2``: the official clients accept no other. ``streaming_origin`` sends
        files that this process cannot."""
        self._documents = documents
        self._blobs = blobs
        self._secrets = secrets
        self._origin = _tls_origin(base_url)
        self._link_life = link_life
        self._streaming_origin = streaming_origin

    def link(self, export: Export) -> str | None:
        """Return an address that needs no credential for some minutes.

        None: there is no file to download, or clients reach the server over plain HTTP or below a path.
        """
        if not export.has_file or self._origin is None:
            return None
        permit = DownloadPermit(export.tenant_id, export.export_id)
        token = make_token(self._signing_key(), permit, clock.now() + self._link_life)
        return f"{self._origin}{download_path(export.export_id)}?token={token}"

    def holder(self, token: str, export_id: str) -> Caller:
        """Return the caller that a token stands for, who may download one export and do nothing else.

        Raises: NotPermitted: the token is invalid, has expired, or is for another export.
        """
        permit = open_token(self._signing_key(), token, clock.now())
        if permit.export_id != export_id:
            raise NotPermitted("This link is not valid for this export.", code="export_link_invalid")
        return Caller(
            tenant_id=permit.tenant_id,
            user_id="",
            key_id=f"export-link#{export_id}",
            scopes=frozenset({Scope.READ}),
        )

    def open(self, caller: Caller, export_id: str, *, max_bytes: int | None = None) -> ExportDownload:
        """Open the file of an export. ``max_bytes``: the size of the largest file that can be sent.

        Raises:
            NotFound: the export is unknown or another tenant's.
            Conflict: it is not completed, was delivered through a connector, or is too large to be sent.
            Gone: its file has been removed.
        """
        key = keys.export(caller.tenant_id, export_id)
        export = self._documents.get(Export, key) if export_id else None
        if export is None:
            raise NotFound("export", export_id)
        _require_file(export)
        self._require_size(export, max_bytes)
        file = blob_keys.export_file(export.tenant_id, export.export_id)
        try:
            content = self._blobs.stream(file)
        except BlobNotFound:  # it is being removed
            raise _gone(export) from None
        return ExportDownload(export, export.file_size_bytes or 0, content)

    def _require_size(self, export: Export, max_bytes: int | None) -> None:
        size = export.file_size_bytes or 0
        if max_bytes is None or size <= max_bytes:
            return
        details: dict[str, Any] = {"rule": "function_answer", "limit": max_bytes, "size": size}
        way_out = (
            "Export it through a connector, export fewer runs, or choose a smaller format. With the streaming"
            " service the server sends files of any size."
        )
        if self._streaming_origin is not None:
            address = f"{self._streaming_origin}{download_path(export.export_id)}"
            details["doors"] = [f"GET {address}"]
            way_out = f"Send the same request to {address}, or export through a connector."
        raise Conflict(
            f"The file has {size:,} bytes, and this address sends files of at most {max_bytes:,} bytes."
            f" {way_out}",
            code="export_too_large_for_function",
            details=details,
        )

    def uri(self, export: Export) -> str | None:
        """Return the durable URI of the file: in this server's blobs, or of the delivered object."""
        if export.object_uri is not None or not export.has_file:
            return export.object_uri
        return self._blobs.uri(blob_keys.export_file(export.tenant_id, export.export_id))

    def _signing_key(self) -> bytes:
        return self._secrets().get_or_create(_SECRET_NAME, 32)


def _tls_origin(base_url: str) -> str | None:
    """Return an address that is an origin of HTTPS as the official clients accept it; None for any other."""
    parts = urlsplit(base_url)
    try:
        has_valid_port = parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        return None
    has_more = "@" in parts.netloc or parts.path or parts.query or parts.fragment
    if parts.scheme != "https" or not parts.hostname or not has_valid_port or has_more:
        return None
    return f"https://{parts.netloc}"


def _require_file(export: Export) -> None:
    if export.status is ExportStatus.FAILED:
        raise Conflict(f"The export has failed: {export.error_message}", code="export_failed")
    if export.status is not ExportStatus.COMPLETED:
        raise Conflict("The export is not completed yet.", code="export_not_completed")
    if export.destination_type is DestinationType.CONNECTOR:
        raise Conflict(
            f"The export was delivered to {export.object_uri}. It cannot be downloaded here.",
            code="export_delivered_by_connector",
        )
    if not export.has_file:
        raise _gone(export)


def _gone(export: Export) -> Gone:
    if export.removal_reason is RemovalReason.EXPIRED:
        return Gone("The file of the export has expired. Create the export again.", code="export_expired")
    return Gone(
        "The file of the export was removed, because a medium in it was deleted. Create the export again.",
        code="export_content_deleted",
    )
