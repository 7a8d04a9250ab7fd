from shared.domain.media import MediaType
from shared.domain.runs.card import MAX_RUN_IDS, MAX_SUMMARIES, RunCard, run_with_results
from shared.domain.runs.prompt_run import MediumState, RunStatus

NOW = "2026-01-01T00:00:00.000Z"


def state(number: int, **changes: object) -> MediumState:
    known = {"run_id": f"run_{number:04d}", "media_id": "m", "media_type": MediaType.IMAGE, "prompt_id": "p"}
    return MediumState.model_validate(known | {"ordinal": 0, "created_at": NOW, "updated_at": NOW} | changes)


def card_of(numbers: range) -> RunCard:
    card = RunCard()
    for number in numbers:
        card = card.with_run(state(number))
    return card


def test_runs_are_newest_first_in_any_order_of_insertion() -> None:
    card = RunCard().with_run(state(2)).with_run(state(3)).with_run(state(1))
    assert card.run_ids == ["run_0003", "run_0002", "run_0001"]


def test_updated_run_keeps_its_position() -> None:
    card = card_of(range(3)).with_run(state(1, successful_segments=7))
    assert [run.successful_segments for run in card.runs] == [0, 7, 0]


def test_card_size_is_limited() -> None:
    card = card_of(range(MAX_RUN_IDS + 20))
    assert (len(card.runs), len(card.run_ids)) == (MAX_SUMMARIES, MAX_RUN_IDS)
    assert (card.run_ids[0], card.run_ids[-1]) == ("run_0219", "run_0020")
    assert card.with_run(state(0)) == card
    assert card.with_run(state(100)) == card


def test_run_with_results_outlives_any_number_of_queued_runs() -> None:
    done = {"recipe": "fixed:1", "total_segments": 2, "successful_segments": 2, "status": "completed"}
    card = RunCard().with_run(state(0, **done))
    for number in range(1, MAX_RUN_IDS + 20):
        card = card.with_run(state(number))
    shown = run_with_results(card.known_runs)
    assert shown is not None
    assert (shown.run_id, shown.status) == ("run_0000", RunStatus.COMPLETED)
    assert len(card.runs) == MAX_SUMMARIES
    assert card.with_run(state(300, **done)).earlier_results is None
