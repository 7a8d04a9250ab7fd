"""Services that start imports and runs by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.automations.announcements import ObjectAnnouncements
    from shared.services.automations.automation_records import AutomationRecords
    from shared.services.automations.export_automations import ExportAutomations
    from shared.services.automations.import_automations import ImportAutomations
    from shared.services.automations.import_checks import ImportChecks
    from shared.services.automations.import_runs import ImportRuns
    from shared.services.automations.run_exports import RunExports
    from shared.services.connectors.browsing import Browsing


class AutomationsRoom(Room):
    """Import and export automations of indexes."""

    @lazy
    def import_automations(self) -> ImportAutomations:
        from shared.services.automations.import_automations import ImportAutomations
        from shared.services.automations.presets import Presets
        from shared.services.automations.watched_buckets import watched_bucket

        presets = Presets(self._runtime.prompts.definitions, self._runtime.runs.catalogue.resolve)
        return ImportAutomations(
            self._documents,
            self._records,
            self._runtime.connectors.connections,
            presets,
            watched_bucket(self._ports.settings.watched_buckets),
        )

    @lazy
    def export_automations(self) -> ExportAutomations:
        from shared.services.automations.export_automations import ExportAutomations

        return ExportAutomations(self._documents, self._runtime.connectors.connections)

    @lazy
    def run_exports(self) -> RunExports:
        from shared.services.automations.run_exports import RunExports

        return RunExports(self._documents, self._runtime.exports.exports)

    @lazy
    def announcements(self) -> ObjectAnnouncements:
        from shared.services.automations.announcements import ObjectAnnouncements

        return ObjectAnnouncements(self._documents, self._records)

    @lazy
    def import_checks(self) -> ImportChecks:
        from shared.services.automations.import_checks import ImportChecks
        from shared.services.automations.import_starts import ImportStarts
        from shared.services.automations.listings import Listings

        documents, connectors = self._documents, self._runtime.connectors
        return ImportChecks(
            documents,
            self._records,
            Listings(documents, self._browsing, connectors.connections),
            ImportStarts(documents, self._runtime.imports.from_connector.start),
            self.import_runs,
            self.import_automations.bucket_of,
        )

    @lazy
    def import_runs(self) -> ImportRuns:
        from shared.services.automations.import_runs import ImportRuns

        runs = self._runtime.runs
        return ImportRuns(self._documents, runs.prompt_runs, runs.waiting_runs)

    @lazy
    def _browsing(self) -> Browsing:
        """The listings of checks. No client waits for them, but a function on AWS has a time limit."""
        from shared.services.connectors.browsing import CHECK_SECONDS, Browsing

        connectors = self._runtime.connectors
        if self._ports.streams_answers:
            return connectors.browsing
        return Browsing(connectors.connections, is_streamed=False, seconds=CHECK_SECONDS)

    @lazy
    def _records(self) -> AutomationRecords:
        from shared.services.automations.automation_records import AutomationRecords

        return AutomationRecords(self._documents, self._ports.timer)
