"""Wire models of exports."""

from typing import Self

from pydantic import BaseModel

from shared.domain.exports import export
from shared.domain.exports.content_scope import ExportType, ResultScope
from shared.domain.exports.export import DestinationType, ExportStatus, QueueStatus, RemovalReason
from shared.domain.exports.export_format import ExportFormat
from shared.services.exports.downloads import Downloads, download_path


class ExportCreateResult(BaseModel):
    """A new export."""

    export_id: str
    status: ExportStatus

    @classmethod
    def of(cls, created: export.Export) -> Self:
        return cls(export_id=created.export_id, status=created.status)


class ExportParams(BaseModel):
    """What the request chose. The official MCP server accepts no other fields here."""

    prompt_run_ids: list[str] | None
    destination_connector_id: str | None
    destination_base_path: str | None
    destination_subpath: str | None


class ExportProgress(BaseModel):
    """How far the work has come. ``segments`` is null until the file is written."""

    total_runs: int
    total_media: int
    segments: int | None
    written_bytes: int
    delivered_bytes: int


class Export(BaseModel):
    """An export.

    ``download_url`` is the path of the file, for requests with a credential; it is null unless the file can
    be downloaded. ``gcs_uri`` is the durable URI of the file: in this server, or of the delivered object.
    ``queue_status`` ``failed`` says that another attempt would fail too, ``dead_letter`` that no attempt is
    left. ``expires_at`` is when the file is removed, ``file_removed_at`` when it was. ``automation_id`` names
    the export automation that made the export.
    """

    export_id: str
    user_id: str
    export_type: ExportType
    target_id: str
    status: ExportStatus
    created_at: str
    gcs_uri: str | None
    download_url: str | None
    file_size_bytes: int | None
    error_message: str | None
    export_params: ExportParams
    queue_status: QueueStatus
    attempts: int
    max_attempts: int
    available_at: str
    started_at: str | None
    completed_at: str | None
    updated_at: str
    last_error: str | None
    destination_type: DestinationType
    destination_connector_id: str | None
    destination_base_path: str | None
    destination_subpath: str | None
    destination_uri: str | None
    format: ExportFormat
    result_scope: ResultScope
    include_embeddings: bool
    file_name: str
    progress: ExportProgress
    error_code: str | None
    expires_at: str | None
    file_removed_at: str | None
    removal_reason: RemovalReason | None
    automation_id: str | None

    @classmethod
    def of(cls, found: export.Export, downloads: Downloads) -> Self:
        uri = downloads.uri(found)
        by_connector = found.destination_type is DestinationType.CONNECTOR
        params = ExportParams(
            prompt_run_ids=found.prompt_run_ids or None,
            destination_connector_id=found.destination_connector_id,
            destination_base_path=found.destination_base_path,
            destination_subpath=found.destination_subpath,
        )
        fields = found.model_dump(include=set(cls.model_fields))
        return cls.model_validate(
            fields
            | {
                "gcs_uri": uri,
                "download_url": download_path(found.export_id) if found.has_file else None,
                "export_params": params,
                "destination_type": found.destination_type,
                "destination_uri": uri if by_connector else None,
                "file_name": found.file_name,
            }
        )


class ExportDownloadUrlResult(BaseModel):
    """A link to the file of an export, for a client without a credential.

    ``download_url`` is null if the export has no file to download, or if clients reach the server over plain
    HTTP.
    """

    export_id: str
    status: ExportStatus
    destination_type: DestinationType
    destination_connector_id: str | None
    download_url: str | None

    @classmethod
    def of(cls, found: export.Export, download_url: str | None) -> Self:
        return cls(
            export_id=found.export_id,
            status=found.status,
            destination_type=found.destination_type,
            destination_connector_id=found.destination_connector_id,
            download_url=download_url,
        )
