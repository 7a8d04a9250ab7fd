"""The end of an automation's interval, which is minutes at least, in a test that does not wait for it."""

from pathlib import Path
from typing import Final

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.access import LOCAL_TENANT
from shared.domain.automations.import_automation import ImportAutomation
from shared.services.records.documents import Documents

_PAST: Final = "2020-01-01T00:00:00.000Z"


def end_interval_of_paused(data_folder: Path, index_id: str) -> None:
    """Let a paused automation be due for a listing. The server makes it when the automation is resumed."""
    documents = Documents(SqliteRecords(data_folder / "records.sqlite"))

    def due(automation: ImportAutomation) -> ImportAutomation:
        return automation.model_copy(update={"listing_at": _PAST})

    key = keys.import_automation(LOCAL_TENANT, index_id)
    assert documents.update(ImportAutomation, key, due) is not None
