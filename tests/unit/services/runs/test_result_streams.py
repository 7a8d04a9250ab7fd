"""The streams of a run: their order, their pages, and the results that are missing from them."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.errors import InvalidCursor, NotFound
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.ports.records import Delete
from shared.ports.search_index import Level
from shared.services.runs.result_streams import ResultStream, ResultStreams, StreamQuery
from shared.services.runs.views import SegmentResultView
from tests.unit.services.run_world import FIXED_2, RunWorld
from tests.unit.services.runs.selected_run import BUSY, ended, extracted
from tests.unit.services.storage import ANNA, BERT

TENANT = ANNA.tenant_id


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def streams(world: RunWorld) -> ResultStreams:
    return ResultStreams(world.documents)


def new_run(world: RunWorld, count: int, *words: int | None) -> tuple[PromptRun, list[Media]]:
    """Return an ended run over media in the order of their ids, each with a segment for each of ``words``."""
    media = sorted((world.add_without_bytes() for _ in range(count)), key=lambda medium: medium.media_id)
    run = world.execute(media, world.new_prompt(selection_filter=BUSY), FIXED_2)
    for medium in media:
        extracted(world, run, medium, *words)
    return ended(world, run), media


def walk(
    streams: ResultStreams, run: PromptRun, stream: ResultStream, limit: int, media_id: str | None = None
) -> list[list[tuple[str, int]]]:
    """Return the pages of a stream, each a list of (media id, ordinal)."""
    pages, after = [], None
    while True:
        page = streams.page(run, StreamQuery(stream, Level.SEGMENT, limit, media_id, after))
        assert page is not None
        found = [view.result for view in page.items if isinstance(view, SegmentResultView)]
        pages.append([(result.media_id, result.ordinal) for result in found])
        after = page.next_after
        if after is None:
            return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 50])
def test_pages_follow_each_other_without_gap_or_repetition(
    world: RunWorld, streams: ResultStreams, limit: int
) -> None:
    run, media = new_run(world, 2, 2, 0, 3)
    every = [(medium.media_id, ordinal) for medium in media for ordinal in (0, 1, 2)]
    selected = [(media_id, ordinal) for media_id, ordinal in every if ordinal != 1]
    for stream, expected in ((ResultStream.UNFILTERED, every), (ResultStream.FILTERED, selected)):
        pages = walk(streams, run, stream, limit)
        assert [place for page in pages for place in page] == expected
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert pages[-1]


def test_stream_of_one_medium_has_no_other(world: RunWorld, streams: ResultStreams) -> None:
    run, media = new_run(world, 3, 2, 0)
    chosen = media[1].media_id
    assert walk(streams, run, ResultStream.UNFILTERED, 1, chosen) == [[(chosen, 0)], [(chosen, 1)]]
    assert walk(streams, run, ResultStream.FILTERED, 1, chosen) == [[(chosen, 0)]]


def test_results_that_do_not_exist_are_left_out(world: RunWorld, streams: ResultStreams) -> None:
    """A cancelled run lacks results; media under deletion are hidden."""
    run, media = new_run(world, 2, 2, 0, 3)
    missing = world.results(run, media[0])[0]
    key = keys.segment_result(TENANT, run.run_id, missing.media_id, missing.segment_id)
    world.documents.write(Delete(key))
    world.keep(media[1].model_copy(update={"deleting": True}))
    assert walk(streams, run, ResultStream.UNFILTERED, 1) == [
        [(media[0].media_id, 1)],
        [(media[0].media_id, 2)],
    ]
    assert walk(streams, run, ResultStream.FILTERED, 1) == [[(media[0].media_id, 2)]]


def test_run_without_match_has_one_empty_page(world: RunWorld, streams: ResultStreams) -> None:
    run, _ = new_run(world, 2, 0)
    assert walk(streams, run, ResultStream.FILTERED, 1) == [[]]


def test_streams_are_unavailable_until_run_has_ended(world: RunWorld, streams: ResultStreams) -> None:
    run, _ = new_run(world, 1, 2)
    at_work = run.model_copy(update={"status": RunStatus.PROCESSING})
    for stream in ResultStream:
        assert streams.page(at_work, StreamQuery(stream, Level.SEGMENT, 5)) is None
        assert streams.page(run, StreamQuery(stream, Level.VIDEO, 5)) is not None


@pytest.mark.parametrize("after", ["", "vid_1", "vid_1/x", "/1"])
def test_malformed_position_is_refused(world: RunWorld, streams: ResultStreams, after: str) -> None:
    run, _ = new_run(world, 1, 2)
    with pytest.raises(InvalidCursor):
        streams.page(run, StreamQuery(ResultStream.UNFILTERED, Level.SEGMENT, 5, after=after))


def test_run_of_another_tenant_is_not_found(world: RunWorld, streams: ResultStreams) -> None:
    run, media = new_run(world, 1, 2)
    assert streams.run(ANNA, run.run_id, media[0].media_id) == run
    for caller, media_id in ((BERT, None), (ANNA, world.add_without_bytes().media_id)):
        with pytest.raises(NotFound):
            streams.run(caller, run.run_id, media_id)
