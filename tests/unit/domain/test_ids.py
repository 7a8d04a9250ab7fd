"""Ids of imported media, which follow from their import job."""

from itertools import product

from ulid import ULID

from shared.domain.ids import imported_media_id, new_id, parse_segment_id, segment_id


def test_id_of_imported_medium_is_always_the_same() -> None:
    job_id = new_id("imp")
    assert imported_media_id(job_id, 0) == imported_media_id(job_id, 0, 0)
    assert imported_media_id("imp_01J9Z3W6X5C8Q4V2T7R1M0N9KP", 0) == "vid_01J9Z3W6X570FJ44PEH8222000"


def test_imported_media_have_different_ids_in_order_of_parts() -> None:
    jobs = [new_id("imp") for _ in range(50)]
    made = [imported_media_id(*each) for each in product(jobs, range(3), range(40))]
    assert len(set(made)) == len(made)
    parts = [imported_media_id(jobs[0], 0, part) for part in range(300)]
    assert parts == sorted(parts)


def test_id_of_imported_medium_has_time_of_its_job() -> None:
    job_id = new_id("imp")
    media_id = imported_media_id(job_id, 0, 1)
    times = [ULID.from_str(each.split("_")[1]).milliseconds for each in (job_id, media_id)]
    assert times[0] == times[1]
    assert parse_segment_id(segment_id(media_id, "smart", 3)) is not None
