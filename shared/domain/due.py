"""Due work: something that is to happen at a time, minutes to days away.

A due record is written in the transaction that decides on the work, and deleted in the transaction that
records its outcome. Work that starts moves its record to a later time, so that it is due again if the process
dies.
"""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.clock import isoformat
from shared.domain.keys import Key

SHARDS: Final = 8
"""Partitions of due records. DynamoDB writes 1,000 records a second to one partition."""


class DueKind(StrEnum):
    WEBHOOK_DELIVERY = "webhook_delivery"
    WEBHOOK_ERASURE = "webhook_erasure"
    IMPORT_AUTOMATION = "import_automation"
    EXPORT_EXPIRY = "export_expiry"
    CLIP_EXPIRY = "clip_expiry"
    WAITING_RUN = "waiting_run"


class Due(BaseModel):
    """Work that is due at ``due_at``. ``subject`` is an id, which is unique for ``kind``."""

    kind: DueKind
    tenant_id: str
    subject: str
    due_at: str

    @classmethod
    def at(cls, moment: datetime, kind: DueKind, tenant_id: str, subject: str) -> "Due":
        return cls(kind=kind, tenant_id=tenant_id, subject=subject, due_at=isoformat(moment))

    @property
    def key(self) -> Key:
        digest = hashlib.sha256(self.subject.encode()).digest()
        return keys.due(digest[0] % SHARDS, f"{self.due_at}#{self.kind}#{self.subject}")
