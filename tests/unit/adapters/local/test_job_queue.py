import threading
import time

from shared.adapters.local.job_queue import JobQueue
from shared.domain.job import Workflow
from tests.waiting import HANG_TIMEOUT

INGEST = Workflow.INGEST


def test_known_job_is_not_added_again_until_done() -> None:
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


def test_deferred_job_is_queued_when_due() -> None:
    queue = JobQueue([INGEST])
    queue.add(INGEST, "a")
    assert queue.next(INGEST) == "a"
    began = time.monotonic()
    queue.defer(INGEST, "a", 0.1)
    assert queue.wait_for_due(0.3)
    assert time.monotonic() - began >= 0.3
    assert queue.next(INGEST) == "a"


def test_job_of_unhandled_workflow_is_ignored() -> None:
    queue = JobQueue([INGEST])
    queue.add(Workflow.DELETION, "a")
    assert queue.wait_until_idle(0)


def test_yielding_job_yields_while_other_job_is_known() -> None:
    queue = JobQueue([INGEST])
    for job_id in ("sample", "second sample"):
        queue.add(INGEST, job_id, yields=True)
    assert not queue.must_yield("sample")
    queue.add(INGEST, "a")
    assert queue.must_yield("sample")
    assert not queue.must_yield("a")
    queue.done("second sample")
    assert queue.must_yield("sample")
    queue.done("a")
    assert not queue.must_yield("sample")


def test_closing_wakes_all_waiting_threads() -> None:
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
        thread.join(HANG_TIMEOUT)
    assert sorted(map(str, answers)) == ["False", "None"]
