"""Turns between tenants, and between the works of a tenant."""

from shared.adapters.local.job_queue import JobQueue
from shared.adapters.local.turns import Turn, TurnQueue
from shared.domain.job import Workflow

INGEST = Workflow.INGEST


def _order(*entries: tuple[str, Turn]) -> list[str]:
    queue = TurnQueue()
    for entry, turn in entries:
        queue.add(entry, turn)
    return [queue.pop() for _ in range(len(queue))]


def test_works_of_one_tenant_take_turns() -> None:
    archive = [(f"a{n}", Turn("anna", "archive")) for n in range(3)]
    assert _order(*archive, ("b0", Turn("anna", "single"))) == ["a0", "b0", "a1", "a2"]


def test_tenants_take_turns_whatever_the_number_of_their_works() -> None:
    anna = [(f"a{n}", Turn("anna", f"job {n}")) for n in range(3)]
    bert = [(f"b{n}", Turn("bert", "job")) for n in range(2)]
    assert _order(*anna, *bert) == ["a0", "b0", "a1", "b1", "a2"]


def test_entries_of_one_work_keep_their_order() -> None:
    assert _order(*[(str(n), Turn("anna", "job")) for n in range(4)]) == ["0", "1", "2", "3"]


def test_job_that_gives_up_its_turn_is_next_after_those_of_others() -> None:
    queue = JobQueue([INGEST])
    for number in range(3):
        queue.add(INGEST, f"imp_1_{number}", turn=Turn("anna", "imp_1"))
    assert queue.next(INGEST) == "imp_1_0"
    queue.add(INGEST, "imp_2", turn=Turn("bert", "imp_2"))
    queue.defer(INGEST, "imp_1_0", 0)
    assert [queue.next(INGEST) for _ in range(4)] == ["imp_2", "imp_1_0", "imp_1_1", "imp_1_2"]


def test_single_job_is_next_after_the_batch_that_runs() -> None:
    queue = JobQueue([INGEST])
    for number in range(100):
        queue.add(INGEST, f"imp_1_{number}", turn=Turn("anna", "imp_1"))
    assert queue.next(INGEST) == "imp_1_0"
    queue.add(INGEST, "imp_2", turn=Turn("anna", "imp_2"))
    queue.add(INGEST, "imp_3", turn=Turn("bert", "imp_3"))
    assert {queue.next(INGEST) for _ in range(3)} == {"imp_1_1", "imp_2", "imp_3"}
