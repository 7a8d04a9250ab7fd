"""Counts over real records."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.events.types import EventType
from shared.domain.ids import new_id
from shared.domain.media import Index, Media, MediaType, ProcessingStatus
from shared.domain.runs.card import ListedMedia, RunSummary
from shared.domain.system.numbers import ArchiveNumbers, MediaNumbers
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus
from shared.domain.webhooks.webhook import Webhook
from shared.services.records.documents import Documents, put
from shared.services.system.archive_numbers import ArchiveCounts, CountLimits
from tests.unit.services.storage import Storage

NOW = timestamp()


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Storage(tmp_path / "storage").documents


def _run(segments: int, successful: int) -> RunSummary:
    return RunSummary(
        run_id=new_id("run"),
        prompt_id="prm_1",
        recipe="smart",
        total_segments=segments,
        successful_segments=successful,
        created_at=NOW,
        updated_at=NOW,
    )


def _list(
    documents: Documents,
    index_id: str | None,
    *runs: RunSummary,
    size: int = 0,
    status: ProcessingStatus = ProcessingStatus.NOT_PROCESSED,
    deleting: bool = False,
) -> None:
    media = Media(
        media_id=new_id("vid"),
        tenant_id="anna",
        user_id="usr_anna",
        index_id=index_id,
        title="A reel",
        file_name="reel.mp4",
        media_type=MediaType.VIDEO,
        content_hash="hash",
        playback_key="media/reel",
        playback_type="video/mp4",
        size_bytes=size,
        status=status,
        deleting=deleting,
        created_at=NOW,
        updated_at=NOW,
    )
    key = keys.index_media("anna", index_id, media.media_id)
    documents.write(put(key, ListedMedia(media=media, runs=list(runs)), sparse=True))


def _index(documents: Documents, index_id: str, *, deleting: bool = False) -> None:
    index = Index(
        index_id=index_id,
        tenant_id="anna",
        user_id="usr_anna",
        name="Reels",
        created_at=NOW,
        deleting=deleting,
    )
    documents.write(put(keys.index("anna", index_id), index))


def test_media_are_counted_with_segments_of_their_shown_run(documents: Documents) -> None:
    _index(documents, "idx_1")
    _index(documents, "idx_2", deleting=True)
    _list(documents, None, size=7)
    _list(documents, "idx_1", _run(5, 0), _run(4, 4), size=3, status=ProcessingStatus.PROCESSED)
    _list(documents, "idx_1", _run(2, 2), _run(9, 9), status=ProcessingStatus.PROCESSED)
    _list(documents, "idx_1", _run(8, 8), deleting=True)
    _list(documents, "idx_2", _run(8, 8))
    found = ArchiveCounts(documents).of_tenant("anna")
    assert found.media == MediaNumbers(
        count=3, by_status={"not_processed": 1, "processed": 2}, segments=6, bytes=10
    )
    assert ArchiveCounts(documents).of_tenant("bert") == ArchiveNumbers()


def test_counts_stop_at_their_limits(documents: Documents) -> None:
    for _ in range(3):
        _list(documents, None)
    media = ArchiveCounts(documents, CountLimits(media=2)).of_tenants(["anna", "bert"]).media
    assert (media.count, media.at_least) == (2, True)


def test_deliveries_that_wait_are_those_of_live_webhook(documents: Documents) -> None:
    webhook = Webhook(
        webhook_id="whk_1",
        tenant_id="anna",
        user_id="usr_anna",
        name="Desk",
        url="https://example.com",
        events=[EventType.MEDIA_CREATED],
        secret_version="1",
        created_at=NOW,
        updated_at=NOW,
    )
    documents.write(put(keys.webhook("anna", "whk_1"), webhook))
    for number, (status, created_at) in enumerate(
        [
            (DeliveryStatus.RETRYING, NOW),
            (DeliveryStatus.PROCESSING, NOW),
            (DeliveryStatus.FAILED, NOW),
            (DeliveryStatus.FAILED, "2020-01-01T00:00:00Z"),
        ]
    ):
        delivery = Delivery(
            delivery_id=f"dlv_{number}",
            webhook_id="whk_1",
            tenant_id="anna",
            event_id="evt_1",
            event_type=EventType.MEDIA_CREATED,
            status=status,
            created_at=created_at,
        )
        documents.write(put(keys.webhook_delivery("anna", "whk_1", delivery.delivery_id), delivery))
    found = ArchiveCounts(documents).of_tenant("anna").deliveries
    assert (found.waiting, found.at_work) == (1, 1)
    assert found.by_status == {"failed": 1, "processing": 1, "retrying": 1}
