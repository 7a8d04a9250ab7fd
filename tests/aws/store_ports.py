"""Ports of a local runtime with stores on AWS, for tests of the whole API."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from shared.adapters.aws.blobs import S3Blobs
from shared.adapters.aws.records.records import DynamoRecords
from shared.adapters.aws.secrets import SecretsManagerSecrets
from shared.domain.lazy import lazy
from tests.aws import stores
from tests.unit.services.small_runtime import SmallPorts


@dataclass(frozen=True, eq=False)
class StorePorts(SmallPorts):
    """``SmallPorts`` with records, blobs and secrets on AWS. Each answer is sent as a whole, as there."""

    streams_answers: ClassVar[bool] = False

    table: str
    bucket: str
    scratch: Path

    @lazy
    def records(self) -> DynamoRecords:  # type: ignore[override]
        return stores.open_records(self.table)

    @lazy
    def blobs(self) -> S3Blobs:  # type: ignore[override]
        return stores.open_blobs(self.bucket, self.scratch)

    @lazy
    def secrets(self) -> SecretsManagerSecrets:  # type: ignore[override]
        return stores.open_secrets(f"{stores.new_name()}/")
