"""Starts of imports by automations."""

from typing import Protocol

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.automations.export_automation import ExportAutomation
from shared.domain.automations.import_automation import AutomationImport, ImportAutomation
from shared.domain.connectors.connector import ImportMode
from shared.domain.ids import IMPORT_JOB
from shared.domain.imports.import_job import ImportJob
from shared.ports.records import Delete
from shared.services.records.documents import Documents, put


class StartImport(Protocol):
    """Starts an import from a connector: ``ConnectorImports.start``."""

    def __call__(
        self,
        caller: Caller,
        *,
        connector_id: str,
        index_id: str,
        source_prefix: str,
        file_pattern: str,
        recursive: bool,
        import_mode: ImportMode | None,
        automation_id: str | None,
        seed: str,
    ) -> ImportJob: ...


class ImportStarts:
    """Starts the import of a check. The id of the check is its seed, so that one check starts one import."""

    def __init__(self, documents: Documents, start: StartImport) -> None:
        self._documents = documents
        self._start = start

    def find(self, automation: ImportAutomation) -> ImportJob | None:
        """Find the import that an interrupted check has started."""
        job_id = f"{IMPORT_JOB}_{automation.check_id}"
        return self._documents.get(ImportJob, keys.import_job(automation.tenant_id, job_id))

    def last(self, automation: ImportAutomation) -> ImportJob | None:
        """Find the last import of an automation."""
        if automation.last_import_job_id is None:
            return None
        key = keys.import_job(automation.tenant_id, automation.last_import_job_id)
        return self._documents.get(ImportJob, key)

    def start(self, automation: ImportAutomation) -> ImportJob:
        """Start the import of a check that is under way.

        A preset is stored first, so that it is there when the import ends, however soon that is.

        Raises: as ``ConnectorImports.start``. Nothing is stored if it refuses.
        """
        planned = _planned(automation)
        key = keys.automation_import(planned.tenant_id, planned.index_id, planned.job_id)
        if planned.preset is not None:
            self._documents.write(put(key, planned))
        try:
            return self._start(
                caller_of(automation),
                connector_id=automation.connector_id,
                index_id=automation.index_id,
                source_prefix=automation.source_prefix,
                file_pattern=automation.file_pattern,
                recursive=automation.recursive,
                import_mode=ImportMode.NEW_ONLY,
                automation_id=automation.automation_id,
                seed=automation.check_id or "",
            )
        except Exception:
            if self.find(automation) is None:
                self._documents.write(Delete(key))
            raise


def caller_of(automation: ImportAutomation | AutomationImport | ExportAutomation) -> Caller:
    """Return the caller on whose behalf an automation works: the user who saved it."""
    return Caller(tenant_id=automation.tenant_id, user_id=automation.user_id, scopes=frozenset({Scope.WRITE}))


def _planned(automation: ImportAutomation) -> AutomationImport:
    return AutomationImport(
        job_id=f"{IMPORT_JOB}_{automation.check_id}",
        tenant_id=automation.tenant_id,
        user_id=automation.user_id,
        index_id=automation.index_id,
        automation_id=automation.automation_id,
        preset=automation.prompt_preset,
    )
