"""Counts over the records of a tenant. Each count reads a bounded number of records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.imports.import_job import ImportJob, ImportStatus
from shared.domain.keys import Key
from shared.domain.media import Index, ProcessingStatus
from shared.domain.runs.card import RunSummary, run_with_results
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.domain.system.numbers import ArchiveNumbers, MediaNumbers, WorkNumbers
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus
from shared.domain.webhooks.webhook import Webhook
from shared.services.records.documents import Documents

_PAGE: Final = 200
Entity = TypeVar("Entity", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class CountLimits:
    """The most records that the numbers of one tenant read. Beyond them, numbers are lower bounds."""

    indexes: int = 200
    media: int = 10_000
    jobs: int = 1_000
    webhooks: int = 100
    deliveries_of_webhook: int = 100


class ArchiveCounts:
    """Counts media, imports, runs and deliveries of tenants."""

    def __init__(self, documents: Documents, limits: CountLimits | None = None) -> None:
        self._documents = documents
        self._limits = limits or CountLimits()

    def of_tenant(self, tenant_id: str) -> ArchiveNumbers:
        """Count what a tenant has. Raises: Unavailable."""
        return ArchiveNumbers(
            media=self._media(tenant_id),
            imports=self._imports(tenant_id),
            runs=self._runs(tenant_id),
            deliveries=self._deliveries(tenant_id),
        )

    def of_tenants(self, tenant_ids: Iterable[str]) -> ArchiveNumbers:
        """Sum the numbers of tenants. Raises: Unavailable."""
        total = ArchiveNumbers()
        for tenant_id in tenant_ids:
            total = total.plus(self.of_tenant(tenant_id))
        return total

    def _media(self, tenant_id: str) -> MediaNumbers:
        indexes, more_indexes = self._some(Index, keys.index(tenant_id), self._limits.indexes)
        listed = list(islice(self._listed(tenant_id, indexes), self._limits.media + 1))
        counted = [each for each in listed[: self._limits.media] if not each.deleting]
        return MediaNumbers(
            count=len(counted),
            by_status=_counts(each.status for each in counted),
            segments=sum(each.segments for each in counted),
            bytes=sum(each.bytes for each in counted),
            at_least=more_indexes or len(listed) > self._limits.media,
        )

    def _listed(self, tenant_id: str, indexes: Iterable[Index]) -> Iterator[_CountedMedium]:
        live = [index.index_id for index in indexes if not index.deleting]
        for index_id in (None, *live):
            partition = keys.index_media(tenant_id, index_id)
            for records in self._documents.record_pages(partition, limit=_PAGE):
                yield from (_counted(record.body) for record in records)

    def _imports(self, tenant_id: str) -> WorkNumbers:
        jobs, more = self._some(ImportJob, keys.import_job(tenant_id), self._limits.jobs)
        return _work(
            [job.status for job in jobs],
            waiting={ImportStatus.PENDING},
            at_work={ImportStatus.SCANNING, ImportStatus.IMPORTING},
            at_least=more,
        )

    def _runs(self, tenant_id: str) -> WorkNumbers:
        runs, more = self._some(PromptRun, keys.prompt_run(tenant_id), self._limits.jobs)
        return _work(
            [run.status for run in runs],
            waiting={RunStatus.PENDING},
            at_work={RunStatus.PROCESSING},
            at_least=more,
        )

    def _deliveries(self, tenant_id: str) -> WorkNumbers:
        webhooks, at_least = self._some(Webhook, keys.webhook(tenant_id), self._limits.webhooks)
        statuses: list[DeliveryStatus] = []
        for webhook in webhooks:
            partition = keys.webhook_delivery(tenant_id, webhook.webhook_id)
            found, more = self._some(Delivery, partition, self._limits.deliveries_of_webhook)
            statuses += [delivery.status for delivery in found if delivery.belongs_to(webhook)]
            at_least |= more
        return _work(
            statuses,
            waiting={DeliveryStatus.PENDING, DeliveryStatus.RETRYING},
            at_work={DeliveryStatus.PROCESSING},
            at_least=at_least,
        )

    def _some(self, model: type[Entity], partition: Key, limit: int) -> tuple[list[Entity], bool]:
        """Return the newest entities of a partition, and whether there are more."""
        walked = self._documents.each(model, partition, limit=_PAGE, descending=True)
        found = list(islice(walked, limit + 1))
        return found[:limit], len(found) > limit


class _CountedMedium(NamedTuple):
    """What is counted of one medium in the list of its index."""

    status: str
    segments: int
    bytes: int
    deleting: bool


def _counted(body: Mapping[str, Any]) -> _CountedMedium:
    """Read the record of a ``ListedMedia``, which leaves out default values. To validate ten thousand whole
    records takes seconds."""
    media = body["media"]
    return _CountedMedium(
        status=media.get("status", ProcessingStatus.NOT_PROCESSED.value),
        segments=_segments(body.get("runs", ())),
        bytes=media.get("size_bytes", 0),
        deleting=media.get("deleting", False),
    )


def _segments(runs: Sequence[Mapping[str, Any]]) -> int:
    """Return the number of segments that a medium shows, mostly those of its newest run."""
    if not runs:
        return 0
    newest = RunSummary.model_validate(runs[0])
    if newest.is_segmented and newest.has_every_result:
        return newest.total_segments
    shown = run_with_results(RunSummary.model_validate(run) for run in runs)
    return 0 if shown is None else shown.total_segments


def _work(
    statuses: Iterable[str], *, waiting: Iterable[str], at_work: Iterable[str], at_least: bool
) -> WorkNumbers:
    by_status = _counts(statuses)
    return WorkNumbers(
        by_status=by_status,
        waiting=sum(by_status.get(status, 0) for status in waiting),
        at_work=sum(by_status.get(status, 0) for status in at_work),
        at_least=at_least,
    )


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(value) for value in values).items()))
