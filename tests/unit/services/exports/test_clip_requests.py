"""Requests for clips and sources of cut lists over real records."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.editing.clip import Clip, ClipStatus
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.services.exports.clips.clips import Clips, Wanted
from shared.services.exports.clips.erasure import ClipErasure
from shared.services.exports.cut_lists.sources import (
    ChosenPart,
    ChosenParts,
    CutSources,
    MarkedParts,
    SegmentsOfRun,
)
from shared.services.library.markers.markers import Markers
from shared.services.library.segments import Segments
from shared.services.records.documents import put
from tests.unit.services.exports.test_cut_list_files import medium
from tests.unit.services.storage import ANNA, BERT, Storage

PART = Wanted(start=1.0, end=2.0)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    found = Storage(tmp_path / "storage")
    media = medium("vid_a").model_copy(update={"tenant_id": "anna"})
    found.documents.write(put(keys.media("anna", "vid_a"), media))
    return found


@pytest.fixture
def clips(storage: Storage) -> Clips:
    return Clips(storage.documents, storage.jobs, ClipErasure(storage.documents, storage.blobs))


@pytest.fixture
def sources(storage: Storage) -> CutSources:
    markers = Markers(storage.documents, max_markers=10)
    return CutSources(storage.documents, Segments(storage.documents), markers)


def test_request_writes_clip_and_job_once(clips: Clips, storage: Storage) -> None:
    _, first = clips.request(ANNA, "vid_a", PART)
    _, second = clips.request(ANNA, "vid_a", PART)
    assert first == second
    assert [job.job_id for job in storage.jobs.requests] == [first.job_id]
    assert clips.list(ANNA, "vid_a")[1] == [first]


def test_end_beyond_the_medium_is_moved_to_its_end(clips: Clips) -> None:
    assert clips.request(ANNA, "vid_a", Wanted(start=59, end=100))[1].end == 60


def test_expired_clip_is_not_found_and_made_anew(clips: Clips, storage: Storage) -> None:
    _, clip = clips.request(ANNA, "vid_a", PART)
    expired = clip.model_copy(update={"expires_at": "2020-01-01T00:00:00.000Z", "status": ClipStatus.READY})
    storage.documents.write(put(keys.clip("anna", "vid_a", clip.clip_id), expired))
    with pytest.raises(NotFound):
        clips.get(ANNA, "vid_a", clip.clip_id)
    assert clips.list(ANNA, "vid_a")[1] == []
    _, again = clips.request(ANNA, "vid_a", PART)
    assert (again.clip_id, again.status, again.is_expired) == (clip.clip_id, ClipStatus.PENDING, False)
    assert len(storage.documents.every(Clip, keys.clip("anna"))) == 1


def test_clip_of_another_tenant_is_not_found(clips: Clips) -> None:
    _, clip = clips.request(ANNA, "vid_a", PART)
    for refused in (
        lambda: clips.request(BERT, "vid_a", PART),
        lambda: clips.get(BERT, "vid_a", clip.clip_id),
        lambda: clips.delete(BERT, "vid_a", clip.clip_id),
        lambda: clips.request(ANNA, "vid_a", Wanted(segment_id="seg_unknown")),
    ):
        with pytest.raises(NotFound):
            refused()


def test_medium_has_at_most_a_hundred_clips(clips: Clips) -> None:
    for number in range(100):
        clips.request(ANNA, "vid_a", Wanted(start=number / 10, end=50))
    with pytest.raises(Conflict) as refused:
        clips.request(ANNA, "vid_a", Wanted(start=20, end=50))
    assert refused.value.code == "resource_quota_exceeded"
    assert clips.request(ANNA, "vid_a", Wanted(start=0, end=50))[1].start == 0


def test_sources_refuse_what_is_not_there(sources: CutSources) -> None:
    chosen = sources.read(ANNA, ChosenParts([ChosenPart("vid_a", start=1.0, end=2.0, name="One")]))
    assert [(cut.start, cut.end, cut.name) for cut in chosen.cuts] == [(1.0, 2.0, "One")]
    with pytest.raises(InvalidRequest):
        sources.read(ANNA, ChosenParts([ChosenPart("vid_a", start=60.0, end=61.0)]))
    with pytest.raises(NotFound):
        sources.read(BERT, ChosenParts([ChosenPart("vid_a", start=1.0, end=2.0)]))
    with pytest.raises(NotFound):
        sources.read(ANNA, SegmentsOfRun("run_unknown"))
    with pytest.raises(NotFound):
        sources.read(ANNA, MarkedParts(index_id="idx_unknown"))
    assert sources.read(ANNA, MarkedParts()).cuts == []
