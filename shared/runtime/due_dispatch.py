"""Dispatch of due work to the services of its kind, for every place where a timer runs it."""

from __future__ import annotations

from typing import assert_never

from shared.domain.due import Due, DueKind
from shared.domain.webhooks.delivery import webhook_of
from shared.runtime import Runtime


class DueDispatch:
    """Does due work. A service is built at its first work, so that the process starts fast."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def handle(self, due: Due) -> bool:
        """Implement ``shared.ports.timer.DueHandler``.

        Raises: Unavailable, or any unexpected error; the caller tries the work again in each case.
        """
        match due.kind:
            case DueKind.WEBHOOK_DELIVERY:
                return self._runtime.notifications.delivery_attempts.handle(due)
            case DueKind.WEBHOOK_ERASURE:
                return self._runtime.notifications.webhook_erasures.handle(due)
            case DueKind.IMPORT_AUTOMATION:
                return self._runtime.automations.import_checks.handle(due)
            case DueKind.EXPORT_EXPIRY:
                return self._runtime.exports.expiry.handle(due)
            case DueKind.CLIP_EXPIRY:
                return self._runtime.editing.clip_erasure.handle(due)
            case DueKind.WAITING_RUN:
                return self._runtime.runs.waiting_runs.handle(due)
            case _:
                assert_never(due.kind)


def group_of(due: Due) -> str:
    """Name the group of due work: work that one slow receiver can delay, as the deliveries to a webhook,
    or the listings of a tenant's stores."""
    match due.kind:
        case DueKind.WEBHOOK_DELIVERY:
            return f"{due.kind}#{webhook_of(due.subject) or due.subject}"
        case DueKind.WEBHOOK_ERASURE:
            return f"{due.kind}#{due.subject}"
        case DueKind.IMPORT_AUTOMATION | DueKind.CLIP_EXPIRY | DueKind.EXPORT_EXPIRY | DueKind.WAITING_RUN:
            return f"{due.kind}#{due.tenant_id}"
        case _:
            assert_never(due.kind)
