"""Wire models of the state of a server."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, Field

from shared.domain.evidence import EmbeddingSpace
from shared.domain.system.numbers import ArchiveNumbers, DiskRoom, MediaNumbers, WorkNumbers

PartName = Literal["records", "blobs", "search_index", "embedding"]


class ProcessingModel(BaseModel):
    """A model that extracts fields. ``aliases`` are further names that select it."""

    name: str
    is_default: bool
    aliases: list[str]


class EmbeddingModel(BaseModel):
    """A model that embeds text or pictures."""

    name: str
    version: str
    dimension: int

    @classmethod
    def of(cls, space: EmbeddingSpace) -> Self:
        return cls(name=space.model, version=space.version, dimension=space.dimension)


class ModelsInUse(BaseModel):
    """The models that run. The embedding models are null on AWS before the first import."""

    processing: list[ProcessingModel]
    text_embedding: EmbeddingModel | None
    picture_embedding: EmbeddingModel | None


class Storage(BaseModel):
    """``media_bytes`` are those of the tenant's playable files. The disk is that of the server's data
    folder; null on AWS, and for every tenant but ``local``."""

    media_bytes: int
    media_bytes_at_least: bool
    disk_free_bytes: int | None
    disk_total_bytes: int | None

    @classmethod
    def of(cls, media: MediaNumbers, disk: DiskRoom | None) -> Self:
        return cls(
            media_bytes=media.bytes,
            media_bytes_at_least=media.at_least,
            disk_free_bytes=None if disk is None else disk.free,
            disk_total_bytes=None if disk is None else disk.total,
        )


class MediaCounts(BaseModel):
    """The tenant's media. ``at_least``: 10,000 media or 200 indexes were counted, and there are more."""

    count: int
    by_status: dict[str, int]
    segments: int
    at_least: bool

    @classmethod
    def of(cls, media: MediaNumbers) -> Self:
        return cls.model_validate(media.model_dump(include=set(cls.model_fields)))


class WorkCounts(BaseModel):
    """Imports, runs or deliveries of the tenant. ``waiting`` and ``at_work`` are the lengths of their queue.

    ``at_least``: only the newest were counted: 1,000 imports, 1,000 runs, 100 deliveries of each webhook.
    """

    by_status: dict[str, int]
    waiting: int
    at_work: int
    at_least: bool

    @classmethod
    def of(cls, work: WorkNumbers) -> Self:
        return cls.model_validate(work.model_dump())


class SystemState(BaseModel):
    """The state of the server, and the numbers of the caller's tenant at ``as_of``.

    ``started_at`` is null on AWS, and for every tenant but ``local``. ``health`` has ``ok`` or a
    sentence for each part, at most 15 seconds old.
    """

    version: str
    runtime: Literal["laptop", "aws"]
    started_at: str | None
    as_of: str
    models: ModelsInUse
    media: MediaCounts
    imports: WorkCounts
    runs: WorkCounts
    deliveries: WorkCounts = Field(description="Deliveries of events to webhooks.")
    storage: Storage
    health: dict[PartName, str]

    @classmethod
    def build(
        cls,
        numbers: ArchiveNumbers,
        *,
        version: str,
        runtime: Literal["laptop", "aws"],
        started_at: str | None,
        as_of: str,
        models: ModelsInUse,
        disk: DiskRoom | None,
        health: Mapping[str, str],
    ) -> Self:
        """Build the answer. ``started_at`` and ``disk`` are None for a tenant that may not see them."""
        return cls(
            version=version,
            runtime=runtime,
            started_at=started_at,
            as_of=as_of,
            models=models,
            media=MediaCounts.of(numbers.media),
            imports=WorkCounts.of(numbers.imports),
            runs=WorkCounts.of(numbers.runs),
            deliveries=WorkCounts.of(numbers.deliveries),
            storage=Storage.of(numbers.media, disk),
            health=dict(health),
        )
