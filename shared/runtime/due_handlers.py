"""What each kind of due work does. Both timers call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from shared.domain.due import Due, DueKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.runtime import Runtime


def due_handlers(runtime: Runtime) -> Mapping[DueKind, Callable[[Due], object]]:
    """Return the handler of each kind. A service is imported and built at its first call."""
    return {kind: lambda due: _do(runtime, due) for kind in DueKind}


def _do(runtime: Runtime, due: Due) -> object:
    match due.kind:
        case DueKind.WEBHOOK_DELIVERY:
            return runtime.notifications.delivery_attempts.handle(due)
        case DueKind.WEBHOOK_ERASURE:
            return runtime.notifications.webhook_erasures.run(due)
        case _:
            assert_never(due.kind)
