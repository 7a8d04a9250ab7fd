"""The history of an automation: newest first, limited, and without repetitions."""

from shared.domain.automations.outcome import (
    MAX_HISTORY,
    AutomationAction,
    AutomationOutcome,
    with_outcome,
)


def _nothing(at: str, code: str = "nothing_new") -> AutomationOutcome:
    return AutomationOutcome(action=AutomationAction.NOTHING, at=at, first_at=at, code=code)


def test_equal_result_is_counted_in_the_newest() -> None:
    history = with_outcome([], _nothing("1"))
    history = with_outcome(history, _nothing("2"))
    (only,) = with_outcome(history, _nothing("3"))
    assert (only.first_at, only.at, only.times) == ("1", "3", 3)


def test_other_reason_is_a_further_result() -> None:
    history = with_outcome([_nothing("1")], _nothing("2", "import_at_work"))
    history = with_outcome(history, _nothing("3"))
    assert [each.code for each in history] == ["nothing_new", "import_at_work", "nothing_new"]
    assert [each.times for each in history] == [1, 1, 1]


def test_oldest_result_leaves_a_full_history() -> None:
    history: list[AutomationOutcome] = []
    for number in range(MAX_HISTORY + 1):
        history = with_outcome(history, _nothing(str(number), code=f"code_{number}"))
    assert len(history) == MAX_HISTORY
    assert (history[0].at, history[-1].at) == (str(MAX_HISTORY), "1")
