"""The EventBridge event for a new object in S3.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from datetime import datetime

from pydantic import BaseModel, Field

from shared.ports.dropped_files import DroppedFile


class StoredObject(BaseModel):
    """The new object. ``key`` is not URL-encoded, unlike in the notifications that S3 sends directly."""

    key: str
    size: int = 0
    etag: str = ""

    def dropped(self) -> DroppedFile:
        return DroppedFile(self.key, self.size, self.etag)


class Bucket(BaseModel):
    name: str


class Detail(BaseModel):
    bucket: Bucket
    file: StoredObject = Field(alias="object")


class ObjectCreated(BaseModel):
    time: datetime
    detail: Detail
