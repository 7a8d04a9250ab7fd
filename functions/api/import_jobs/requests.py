"""Wire models of requests about import jobs."""

from typing import Annotated, TypedDict

from pydantic import BaseModel, Field, StringConstraints

from shared.domain.connectors.connector import ImportMode
from shared.domain.connectors.file_pattern import MAX_PATTERN_CHARACTERS
from shared.domain.connectors.object_address import MAX_KEY_BYTES
from shared.services.imports.attachments import MAX_ATTACHMENTS, Attachment

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Selection(TypedDict):
    """The arguments of ``ConnectorImports.start`` that a request gives."""

    connector_id: str
    index_id: str
    source_prefix: str
    file_pattern: str
    recursive: bool
    import_mode: ImportMode | None


class CreateImportJobRequest(BaseModel):
    """The files of a connector's store to import, and their index.

    ``source_prefix`` is the start of the keys. ``file_pattern`` is a pattern as in ``browse``, such as
    ``*.{mp4,mov}``. ``recursive`` false selects one level. ``import_mode_override`` replaces the import mode
    of the connector: ``new_only`` skips files that were imported into this index in the same version.
    """

    connector_id: Identifier
    index_id: Identifier
    source_prefix: Annotated[str, StringConstraints(max_length=MAX_KEY_BYTES)] = ""
    file_pattern: Annotated[str, StringConstraints(max_length=MAX_PATTERN_CHARACTERS)] = "*"
    recursive: bool = True
    import_mode_override: ImportMode | None = None

    def selection(self) -> Selection:
        return Selection(
            connector_id=self.connector_id,
            index_id=self.index_id,
            source_prefix=self.source_prefix,
            file_pattern=self.file_pattern,
            recursive=self.recursive,
            import_mode=self.import_mode_override,
        )


class FileDescriptor(BaseModel):
    """An attachment: its address, and the sender's id of the file, which is unique in its job."""

    download_url: Annotated[str, StringConstraints(min_length=1, max_length=8192)]
    file_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    file_name: Annotated[str, StringConstraints(max_length=1024)] | None = None
    mime_type: Annotated[str, StringConstraints(max_length=255)] | None = None

    def attachment(self) -> Attachment:
        return Attachment.model_validate(self.model_dump())


class RetryImportRequest(BaseModel):
    """New addresses of files that failed. Without any, the files are fetched from where they were."""

    files: Annotated[list[FileDescriptor], Field(max_length=MAX_ATTACHMENTS)] | None = None

    def attachments(self) -> list[Attachment]:
        return [file.attachment() for file in self.files or ()]
