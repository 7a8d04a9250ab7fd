"""Sums of numbers."""

from shared.domain.system.numbers import ArchiveNumbers, MediaNumbers, WorkNumbers


def test_sum_adds_statuses_and_keeps_lower_bound() -> None:
    one = ArchiveNumbers(
        media=MediaNumbers(count=1, by_status={"failed": 1}, segments=4, bytes=10),
        runs=WorkNumbers(by_status={"pending": 2}, waiting=2, at_least=True),
    )
    other = ArchiveNumbers(
        media=MediaNumbers(count=2, by_status={"failed": 1, "processed": 1}, segments=1, bytes=5),
        runs=WorkNumbers(by_status={"processing": 1}, at_work=1),
    )
    total = one.plus(other)
    assert total.media == MediaNumbers(count=3, by_status={"failed": 2, "processed": 1}, segments=5, bytes=15)
    assert total.runs == WorkNumbers(
        by_status={"pending": 2, "processing": 1}, waiting=2, at_work=1, at_least=True
    )
    assert total.imports == WorkNumbers()
