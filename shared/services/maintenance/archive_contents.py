"""What there is in an archive, found by looking at every record once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from shared.domain.keys import Key

if TYPE_CHECKING:
    from shared.ports.record_source import RecordSource
    from shared.ports.records import Put

_TENANT: Final = "tenant"


class MediumInRun(NamedTuple):
    tenant_id: str
    run_id: str
    media_id: str


@dataclass(slots=True)
class Contents:
    """Ids alone, so that many fit into memory. Pairs begin with a tenant. ``media`` has the index of
    each (None: the playground), ``pointers`` are those from media to their runs."""

    tenants: set[str] = field(default_factory=set)
    media: dict[tuple[str, str], str | None] = field(default_factory=dict)
    lines: list[tuple[Key, tuple[str, str]]] = field(default_factory=list)
    states: list[MediumInRun] = field(default_factory=list)
    pointers: set[MediumInRun] = field(default_factory=set)
    import_jobs: list[tuple[str, str]] = field(default_factory=list)
    deleting_indexes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, record: Put) -> None:
        parts = record.key.partition.split("#")
        if parts[0] != _TENANT:
            return
        tenant, kind, within, sort = parts[1], parts[2], "#".join(parts[3:]), record.key.sort
        self.tenants.add(tenant)
        match kind:
            case "media" if sort == "media":
                self.media[tenant, within] = record.body["index_id"]
            case "index-media":
                self.lines.append((record.key, (tenant, sort)))
            case "run-media":
                self.states.append(MediumInRun(tenant, within, sort))
            case "media-runs":
                self.pointers.add(MediumInRun(tenant, sort, within))
            case "import-jobs":
                self.import_jobs.append((tenant, sort))
            case "indexes" if record.body.get("deleting"):
                self.deleting_indexes.append((tenant, sort))


def contents_of(source: RecordSource) -> Contents:
    """Raises: Unavailable."""
    contents = Contents()
    for record in source.walk():
        contents.add(record)
    return contents
