"""An upgrade step that no release contains. It stores the length of each thing's name beside the name."""

from typing import Final

from shared.domain.keys import Key
from shared.ports.record_source import RecordSource
from shared.ports.records import Put
from shared.services.maintenance.archive_format import Report
from shared.services.records.documents import Documents

FIRST_THING: Final = Key("things", "1")
SECOND_THING: Final = Key("things", "2")

THINGS: Final = (Put(FIRST_THING, {"name": "lorry"}), Put(SECOND_THING, {"name": "car"}))
UPGRADED: Final = {
    FIRST_THING: {"name": "lorry", "length": 5},
    SECOND_THING: {"name": "car", "length": 3},
}


def add_lengths(documents: Documents, source: RecordSource, report: Report) -> None:
    things = [record for record in source.walk() if record.key.partition == FIRST_THING.partition]
    for done, thing in enumerate(things):
        report(done, len(things))
        documents.write(Put(thing.key, {**thing.body, "length": len(thing.body["name"])}))
    report(len(things), len(things))
