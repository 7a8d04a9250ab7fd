"""The three views of a medium's segments, and which results each shows."""

from pathlib import Path

import pytest

from shared.domain.errors import NotFound
from shared.domain.media import Media
from shared.domain.runs.prompt_run import RunStatus
from shared.services.library.media_status import MediaStatus
from shared.services.library.segments import Segments
from tests.unit.media.samples import make_video
from tests.unit.services.run_records import RECIPE, add_run
from tests.unit.services.storage import ANNA, BERT, Storage

pytestmark = pytest.mark.slow


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "storage")


@pytest.fixture
def segments(storage: Storage) -> Segments:
    return Segments(storage.documents)


@pytest.fixture
def media(storage: Storage, tmp_path: Path) -> Media:
    (made,) = storage.import_now(make_video(tmp_path / "film.mp4", seconds=1.0))
    return made


def _sources(segments: Segments, media: Media, run_id: str | None = None) -> list[str | None]:
    page = segments.page(ANNA, media.media_id, run_id=run_id, limit=50)
    return [view.result.run_id if view.result else None for view in page.views.items]


def test_medium_without_runs_has_no_segments(segments: Segments, media: Media) -> None:
    assert segments.page(ANNA, media.media_id, limit=9).views.items == []
    assert segments.page(ANNA, media.media_id, latest_run=True, limit=9).run_id is None


def test_run_view_shows_only_results_of_run(storage: Storage, segments: Segments, media: Media) -> None:
    old = add_run(storage, media)
    new = add_run(storage, media, recipe="smart", segments=3)
    assert _sources(segments, media, old) == [old, old]
    assert _sources(segments, media, new) == [new, new, new]
    latest = segments.page(ANNA, media.media_id, latest_run=True, limit=9)
    assert (latest.run_id, len(latest.views.items)) == (new, 3)


@pytest.mark.parametrize(
    ("status", "segments_cut", "results"),
    [
        (RunStatus.PENDING, 0, 0),
        (RunStatus.PROCESSING, 0, 0),
        (RunStatus.PROCESSING, 4, 0),
        (RunStatus.PROCESSING, 4, 3),
        (RunStatus.CANCELLED, 0, 0),
        (RunStatus.CANCELLED, 4, 1),
        (RunStatus.FAILED, 0, 0),
        (RunStatus.FAILED, 4, 0),
    ],
)
@pytest.mark.parametrize("recipe", [RECIPE, "smart"])
@pytest.mark.parametrize("latest_run", [False, True])
def test_newer_run_without_all_results_empties_no_view(
    storage: Storage,
    segments: Segments,
    media: Media,
    status: RunStatus,
    segments_cut: int,
    results: int,
    recipe: str,
    latest_run: bool,
) -> None:
    add_run(storage, media, segments=4)
    missing = tuple(range(results, segments_cut))
    cut = recipe if segments_cut else ""
    add_run(storage, media, recipe=cut, segments=segments_cut, without_result=missing, status=status)
    page = segments.page(ANNA, media.media_id, latest_run=latest_run, limit=50)
    assert [view.result.failed if view.result else None for view in page.views.items] == [False] * 4


def test_latest_run_names_run_that_it_shows(storage: Storage, segments: Segments, media: Media) -> None:
    old = add_run(storage, media, recipe="smart", segments=3)
    add_run(storage, media, recipe="", segments=0, status=RunStatus.PENDING)
    latest = segments.page(ANNA, media.media_id, latest_run=True, limit=9)
    assert (latest.run_id, {view.run.run_id for view in latest.views.items}) == (old, {old})


def test_latest_run_shows_failures_if_no_run_succeeded(
    storage: Storage, segments: Segments, media: Media
) -> None:
    failed = add_run(storage, media, failing=(0, 1), status=RunStatus.FAILED)
    add_run(storage, media, recipe="", segments=0, status=RunStatus.PROCESSING)
    latest = segments.page(ANNA, media.media_id, latest_run=True, limit=9)
    assert [(view.run.run_id, view.result and view.result.failed) for view in latest.views.items] == [
        (failed, True)
    ] * 2


def test_later_page_of_latest_run_keeps_its_recipe(
    storage: Storage, segments: Segments, media: Media
) -> None:
    old = add_run(storage, media, recipe="smart", segments=3)
    first = segments.page(ANNA, media.media_id, latest_run=True, limit=2)
    add_run(storage, media, segments=5)
    second = segments.page(ANNA, media.media_id, latest_run=True, limit=2, after=first.views.next_after)
    assert (second.run_id, len(second.views.items)) == (old, 1)


def test_media_wide_view_shows_newest_successful_result(
    storage: Storage, segments: Segments, media: Media
) -> None:
    old = add_run(storage, media, segments=3, failing=(2,))
    new = add_run(storage, media, segments=3, failing=(1, 2))
    assert _sources(segments, media) == [new, old, new]
    views = segments.page(ANNA, media.media_id, limit=9).views.items
    assert [view.result.failed for view in views if view.result] == [False, False, True]


def test_media_wide_view_does_not_mix_recipes(storage: Storage, segments: Segments, media: Media) -> None:
    add_run(storage, media, recipe="smart", segments=5)
    new = add_run(storage, media, segments=2)
    assert _sources(segments, media) == [new, new]


def test_segments_of_running_run_are_shown_without_results(
    storage: Storage, segments: Segments, media: Media
) -> None:
    run_id = add_run(storage, media, segments=3, without_result=(1, 2), status=RunStatus.PROCESSING)
    assert _sources(segments, media, run_id) == [run_id, None, None]
    (snapshot,) = MediaStatus(storage.documents).one(ANNA, media.media_id).runs
    assert snapshot.pending_segments == 2
    assert [state.status for state in snapshot.segments] == ["completed", "pending", "pending"]


def test_next_page_starts_after_previous_page(storage: Storage, segments: Segments, media: Media) -> None:
    add_run(storage, media, segments=5)
    first = segments.page(ANNA, media.media_id, limit=2)
    second = segments.page(ANNA, media.media_id, limit=3, after=first.views.next_after)
    assert [v.segment.ordinal for v in (*first.views.items, *second.views.items)] == [0, 1, 2, 3, 4]
    assert second.views.next_after is None
    assert len(segments.every(ANNA, media.media_id).views.items) == 5


def test_unknown_run_or_medium_of_other_tenant_is_not_found(
    storage: Storage, segments: Segments, media: Media
) -> None:
    with pytest.raises(NotFound):
        segments.page(ANNA, media.media_id, run_id="run_unknown", limit=9)
    with pytest.raises(NotFound):
        segments.page(BERT, media.media_id, limit=9)


def test_run_over_other_media_shows_no_segments(
    storage: Storage, segments: Segments, media: Media, tmp_path: Path
) -> None:
    (other,) = storage.import_now(make_video(tmp_path / "other.mp4", seconds=1.0))
    run_id = add_run(storage, other)
    assert _sources(segments, media, run_id) == []
