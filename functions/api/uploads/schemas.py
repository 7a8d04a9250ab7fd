"""Wire models of upload sessions, an extension of the official API."""

from typing import Self

from pydantic import BaseModel, Field

from shared.services.imports.upload_sessions import OpenPart, UploadView


class CreateUploadRequest(BaseModel):
    """A file to upload in parts."""

    file_name: str = Field(min_length=1, max_length=255)
    content_type: str = Field(min_length=3, max_length=100, pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$")
    size_bytes: int = Field(ge=1, le=2**50)
    title: str | None = Field(None, min_length=1, max_length=255, description="Default: the file name.")
    index_id: str | None = Field(None, max_length=100, description="Default: the playground.")


class UploadPart(BaseModel):
    """A part to send: ``size_bytes`` bytes to ``url``, with ``method`` and exactly these ``headers``."""

    part_number: int
    size_bytes: int
    method: str
    url: str
    headers: dict[str, str]

    @classmethod
    def of(cls, part: OpenPart) -> Self:
        return cls(
            part_number=part.part.number,
            size_bytes=part.part.size,
            method=part.request.method,
            url=part.request.url,
            headers=dict(part.request.headers),
        )


class Upload(BaseModel):
    """An upload session.

    ``status`` is open, completed or aborted. ``parts`` are the next parts to send. After sending them, get
    the session again for more, until ``arrived_parts`` has ``part_count`` elements.
    """

    upload_id: str
    status: str
    file_name: str
    content_type: str
    size_bytes: int
    index_id: str | None
    part_count: int
    part_size_bytes: int
    arrived_parts: list[int]
    parts: list[UploadPart]
    links_expire_in_seconds: int
    created_at: str
    expires_at: str

    @classmethod
    def of(cls, view: UploadView) -> Self:
        session = view.session
        return cls(
            upload_id=session.upload_id,
            status=session.status.value,
            file_name=session.file_name,
            content_type=session.content_type,
            size_bytes=session.size_bytes,
            index_id=session.index_id,
            part_count=view.part_count,
            part_size_bytes=view.part_bytes,
            arrived_parts=list(view.arrived),
            parts=[UploadPart.of(part) for part in view.missing],
            links_expire_in_seconds=view.link_seconds,
            created_at=session.created_at,
            expires_at=session.expires_at,
        )
