"""Exports that follow runs: the automation of an index exports each run that ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shared.domain import clock, keys
from shared.domain.automations.export_automation import ExportAutomation
from shared.domain.automations.outcome import AutomationAction, AutomationOutcome
from shared.domain.clock import isoformat
from shared.domain.errors import DomainError, Unavailable, WriteRejected
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.exports.export import Export, ExportOptions
from shared.domain.ids import export_id_after_run
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.webhooks.subscription import CLOCK_DIFFERENCE
from shared.ports.records import ABSENT
from shared.services.automations.import_starts import caller_of
from shared.services.exports.exports import Exports
from shared.services.records.documents import Documents

ENDS_OF_RUNS: Final = frozenset(
    {
        EventType.PROMPT_RUN_COMPLETED,
        EventType.PROMPT_RUN_PARTIAL_COMPLETED,
        EventType.PROMPT_RUN_CANCELLED,
    }
)
"""Ends of a run that leave results. A cancelled run keeps those that it had."""

ENDS_OF_EXPORTS: Final = frozenset({EventType.EXPORT_READY, EventType.EXPORT_FAILED})

_TRANSIENT: Final = (Unavailable, WriteRejected)
"""Failures of this server, after which the event is told again."""


class RunExports:
    """Implements ``shared.ports.event_feed.EventConsumer``.

    The id of an export follows from those of the run and of the index, so that one run makes one export,
    however often its end is told.
    """

    name = "export-automations"

    def __init__(self, documents: Documents, exports: Exports) -> None:
        self._documents = documents
        self._exports = exports

    def consume(self, events: Sequence[Event]) -> None:
        """Export each run that has ended, and note how the exports of automations end.

        Raises: Unavailable, WriteRejected: call again.
        """
        for event in events:
            if event.event_type in ENDS_OF_RUNS and event.run_id is not None:
                self._follow(event, event.run_id)
            elif event.event_type in ENDS_OF_EXPORTS:
                self._note_end(event)

    def _follow(self, event: Event, run_id: str) -> None:
        run = self._documents.get(PromptRun, keys.prompt_run(event.tenant_id, run_id))
        if run is None or not run.status.is_terminal:
            return
        for automation in self._automations(event, run_id):
            if _watches(automation, event):
                self._note(automation, self._exported(automation, event, run_id))

    def _automations(self, event: Event, run_id: str) -> list[ExportAutomation]:
        """Return the automations of the run's indexes. The event of a run over several names none."""
        partition = keys.export_automation(event.tenant_id)
        if event.index_id is not None:
            key = keys.export_automation(event.tenant_id, event.index_id)
            return self._documents.get_many(ExportAutomation, [key])
        found = self._documents.every(ExportAutomation, partition)
        pointers = [keys.index_run(event.tenant_id, each.index_id, run_id) for each in found]
        batch = self._documents.batch(pointers)
        return [each for each, key in zip(found, pointers, strict=True) if batch.version(key) != ABSENT]

    def _exported(self, automation: ExportAutomation, event: Event, run_id: str) -> AutomationOutcome:
        """Start the export of a run; of one over several indexes, the export of its media in this index."""
        export_id = export_id_after_run(run_id, automation.index_id)
        caller, automation_id = caller_of(automation), automation.automation_id
        options = ExportOptions(
            destination_connector_id=automation.destination_connector_id,
            destination_subpath=automation.destination_subpath,
        )
        try:
            if event.index_id is not None:
                self._exports.create_of_run(caller, run_id, options, export_id, automation_id=automation_id)
            else:
                options.prompt_run_ids = [run_id]
                self._exports.create_of_index(
                    caller, automation.index_id, options, export_id, automation_id=automation_id
                )
        except _TRANSIENT:
            raise
        except DomainError as error:
            return _outcome(
                AutomationAction.EXPORT_BLOCKED, run_id=run_id, code=error.code, message=error.message
            )
        return _outcome(AutomationAction.EXPORT_STARTED, run_id=run_id, export_id=export_id)

    def _note_end(self, event: Event) -> None:
        """Note how an export of an automation has ended."""
        key = keys.export(event.tenant_id, str(event.payload["export_id"]))
        export = self._documents.get(Export, key)
        if export is None or export.automation_id is None or export.index_id is None:
            return
        at_automation = keys.export_automation(event.tenant_id, export.index_id)
        automation = self._documents.get(ExportAutomation, at_automation)
        if automation is None or automation.automation_id != export.automation_id:
            return
        is_ready = event.event_type is EventType.EXPORT_READY
        self._note(
            automation,
            _outcome(
                AutomationAction.EXPORT_DELIVERED if is_ready else AutomationAction.EXPORT_FAILED,
                run_id=_run_of(export),
                export_id=export.export_id,
                code=export.error_code,
                message=export.error_message,
            ),
        )

    def _note(self, automation: ExportAutomation, outcome: AutomationOutcome) -> None:
        key = keys.export_automation(automation.tenant_id, automation.index_id)
        self._documents.update(ExportAutomation, key, lambda stored: stored.noted(outcome))


def _outcome(
    action: AutomationAction,
    *,
    run_id: str,
    export_id: str | None = None,
    code: str | None = None,
    message: str | None = None,
) -> AutomationOutcome:
    at = clock.timestamp()
    return AutomationOutcome(
        action=action, at=at, first_at=at, code=code, message=message, run_id=run_id, export_id=export_id
    )


def _run_of(export: Export) -> str:
    return export.prompt_run_ids[0] if export.prompt_run_ids else export.target_id


def _watches(automation: ExportAutomation, event: Event) -> bool:
    """Return whether the automation exports a run whose end an event tells: not one that ended before it."""
    created = datetime.fromisoformat(automation.created_at)
    return automation.is_watching and event.created_at >= isoformat(created - CLOCK_DIFFERENCE)
