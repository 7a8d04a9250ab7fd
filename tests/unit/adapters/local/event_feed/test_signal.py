"""The signal of commits with events."""

from shared.adapters.local.event_feed.signal import LocalEventSignal


def test_subscriber_is_woken_until_it_unsubscribes() -> None:
    signal = LocalEventSignal()
    woken: list[str] = []
    first = signal.subscribe(lambda: woken.append("first"))
    signal.subscribe(lambda: woken.append("second"))
    signal.notify()
    first()
    first()
    signal.notify()
    assert woken == ["first", "second", "second"]


def test_failure_of_subscriber_reaches_neither_writer_nor_others() -> None:
    signal = LocalEventSignal()
    woken: list[str] = []

    def fail() -> None:
        raise RuntimeError("planted")

    signal.subscribe(fail)
    signal.subscribe(lambda: woken.append("second"))
    signal.notify()
    assert woken == ["second"]
