"""The erasure of a deleted webhook."""

from datetime import timedelta
from typing import Final

from pydantic import BaseModel

from shared.domain.due import Due, DueKind

STEP_LEASE: Final = timedelta(seconds=60)
"""Time after which an erasure that a process began is due again."""


class WebhookErasure(BaseModel):
    """What is left of a deleted webhook: its deliveries after the sort key ``after``, and versions of its
    secret.

    A webhook of the same id may be live again. Its deliveries stay, and its secret has other versions.
    """

    webhook_id: str
    tenant_id: str
    secret_versions: list[str]
    due_at: str
    after: str | None = None

    @property
    def due(self) -> Due:
        return Due(
            kind=DueKind.WEBHOOK_ERASURE,
            tenant_id=self.tenant_id,
            subject=self.webhook_id,
            due_at=self.due_at,
        )
