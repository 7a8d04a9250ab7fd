import base64
from typing import Any

import httpx
import pytest
from videovector import NotFoundError, ValidationError

from shared.cli.demo.sample import EXPECTATIONS, Expectation
from tests.clients.conftest import Archive
from tests.clients.either_client import EitherClient, refused_field
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("expectation", EXPECTATIONS, ids=lambda e: e.query)
def test_text_query_finds_expected_scene(
    client: EitherClient, archive: Archive, expectation: Expectation
) -> None:
    hits = client.search.text(archive.index_id, query=expectation.query, run_ids=[archive.run_id], top_k=10)
    scenes = [hit for hit in hits if hit.result_type == "segment"][: expectation.within]
    assert any(expectation.is_met_by(hit.start_time, hit.end_time) for hit in scenes)


def test_hit_shows_its_matched_fields_and_medium(client: EitherClient, archive: Archive) -> None:
    hit = client.search.text(archive.index_id, query="boarding at gate B12", run_ids=[archive.run_id])[0]
    assert hit.matched_field_paths
    assert set(hit.matched_field_paths) <= set(hit.field_scores)
    assert any("GATE B12" in match.value_preview for match in hit.matched_field_instances)
    assert (hit.video_name, hit.media_type, hit.run_id) == ("Sample reel", "video", archive.run_id)
    assert httpx.get(hit.thumbnail_uri, timeout=HANG_TIMEOUT).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("field", ["text_on_screen[]", "text_on_screen"])
def test_search_fields_restrict_matches(client: EitherClient, archive: Archive, field: str) -> None:
    hits = client.search.text(archive.index_id, query="gate", search_fields=[field], run_ids=[archive.run_id])
    assert hits
    assert {path for hit in hits for path in hit.matched_field_paths} == {"text_on_screen[]"}


def test_picture_query_finds_its_scene(client: EitherClient, archive: Archive) -> None:
    picture = base64.b64encode(archive.picture_path.read_bytes()).decode()
    hits = client.search.image(archive.index_id, image_data=picture, run_ids=[archive.run_id])
    assert hits[0].start_time < 9 < hits[0].end_time
    assert hits[0].matched_image_score > 0.5
    assert hits[0].start_time <= hits[0].shot_timestamp <= hits[0].end_time


def test_scores_of_text_and_picture_are_fused(client: EitherClient, archive: Archive) -> None:
    picture = base64.b64encode(archive.picture_path.read_bytes()).decode()
    hits = client.search.multimodal(
        archive.index_id, text_query="a cat", image_data=picture, run_ids=[archive.run_id]
    )
    assert hits[0].match_type == "both"
    assert hits[0].start_time < 9 < hits[0].end_time
    assert [hit.fused_score for hit in hits] == sorted((hit.fused_score for hit in hits), reverse=True)


def test_conditions_match_by_type_and_value(client: EitherClient, archive: Archive) -> None:
    conditions: list[dict[str, Any]] = [
        {"field": "has_speech", "type": "boolean", "operator": "equals", "value": False},
        {"field": "text_on_screen[]", "type": "string", "operator": "contains", "value": "gate"},
    ]
    found = client.search.filter(archive.index_id, conditions=conditions, run_ids=[archive.run_id])
    assert len(found.results) == 1
    assert found.results[0].start_time < 35 < found.results[0].end_time
    assert found.pagination.has_more is False


def test_conditions_match_inside_nested_arrays(client: EitherClient, archive: Archive) -> None:
    found = client.search.filter(
        archive.index_id,
        conditions=[
            {"field": "scene.objects[].label", "type": "string", "operator": "contains", "value": "cat"}
        ],
        run_ids=[archive.run_id],
    )
    assert any(hit.start_time < 9 < hit.end_time for hit in found.results)


def test_filter_pages_repeat_no_result(client: EitherClient, archive: Archive) -> None:
    condition = {"field": "summary", "type": "string", "operator": "is_not_empty"}
    seen: list[str] = []
    cursor = None
    while True:
        page = client.search.filter(
            archive.index_id, conditions=[condition], page_size=2, cursor=cursor, run_ids=[archive.run_id]
        )
        seen += [hit.result_id for hit in page.results]
        cursor = page.next_page_token
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) > 5


def test_playground_search_finds_playground_media_only(client: EitherClient, archive: Archive) -> None:
    hits = client.search.playground(query="a cat", run_id=archive.picture_run_id)
    assert {hit.video_id for hit in hits} == {archive.picture_id}
    found = client.search.filter_playground(
        conditions=[{"field": "summary", "type": "string", "operator": "is_not_empty"}]
    )
    assert {hit.video_id for hit in found.results} == {archive.picture_id}


@pytest.mark.parametrize("aggregation", ["best", "all", "weighted"])
def test_several_runs_are_searched_together(client: EitherClient, archive: Archive, aggregation: str) -> None:
    hits = client.search.multi_run(
        query="rainfall in Lisbon", run_ids=[archive.run_id, archive.fixed_run_id], aggregation=aggregation
    )
    assert hits[0].start_time < 15 < hits[0].end_time
    assert {hit.run_id for hit in hits} == {archive.run_id, archive.fixed_run_id}


def test_unknown_run_is_not_found(client: EitherClient, archive: Archive) -> None:
    with pytest.raises(NotFoundError):
        client.search.text(archive.index_id, query="x", run_ids=["run_01ARZ3NDEKTSV4RRFFQ69G5FAV"])


def test_undecodable_picture_is_refused(client: EitherClient, archive: Archive) -> None:
    with pytest.raises(ValidationError) as refused:
        client.search.image(archive.index_id, image_data="bm90IGEgcGljdHVyZQ==")
    assert refused_field(refused) == "image_data"
