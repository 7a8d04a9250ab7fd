import threading
import time

from shared.adapters.local.job_queue import JobQueue
from shared.domain.job import Workflow

INGEST = Workflow.INGEST


def test_a_known_job_is_not_added_again_until_it_is_done() -> None:
    queue = JobQueue([INGEST])
    queue.add(INGEST, "a")
    queue.add(INGEST, "a")
    assert queue.next(INGEST) == "a"
    queue.add(INGEST, "a")
    assert not queue.wait_until_idle(0)
    queue.done("a")
    assert queue.wait_until_idle(0)
    queue.add(INGEST, "a")
    assert queue.next(INGEST) == "a"


def test_a_job_put_off_comes_when_it_is_due_and_not_before() -> None:
    queue = JobQueue([INGEST])
    queue.add(INGEST, "a")
    assert queue.next(INGEST) == "a"
    began = time.monotonic()
    queue.defer(INGEST, "a", 0.1)
    assert queue.wait_for_due(0.3)
    assert time.monotonic() - began >= 0.3
    assert queue.next(INGEST) == "a"


def test_a_workflow_nobody_handles_is_left_alone() -> None:
    queue = JobQueue([INGEST])
    queue.add(Workflow.DELETION, "a")
    assert queue.wait_until_idle(0)


def test_closing_wakes_everyone_who_waits() -> None:
    queue = JobQueue([INGEST])
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda: answers.append(queue.next(INGEST))),
        threading.Thread(target=lambda: answers.append(queue.wait_for_due(60))),
    ]
    for thread in threads:
        thread.start()
    queue.close()
    for thread in threads:
        thread.join(10)
    assert sorted(map(str, answers)) == ["False", "None"]
