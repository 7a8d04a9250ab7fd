"""Import automations as clients use them: read, save, pause, resume."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain import clock, ids, keys
from shared.domain.access import Caller
from shared.domain.automations import schedule
from shared.domain.automations.import_automation import ImportAutomation, ImportSettings
from shared.domain.automations.preset import PromptPreset
from shared.domain.clock import isoformat
from shared.domain.connectors.connector import Connector, ConnectorScope
from shared.domain.connectors.file_pattern import FilePattern
from shared.domain.connectors.rules import check_prefix
from shared.domain.errors import NotFound
from shared.services.automations.automation_records import AutomationRecords, Change, change_writes
from shared.services.automations.connector_state import Obstacle, connector_obstacles
from shared.services.automations.presets import GivenPreset, Presets
from shared.services.connectors.connections import Connections
from shared.services.library.index_access import unchanged_index_write, visible_index
from shared.services.records.automation_erasure import erase_import_automation
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision

BucketOf = Callable[[Connector], str | None]
"""Names the bucket whose events reach this server for a connector; None: its prefix has to be listed."""


@dataclass(frozen=True, slots=True)
class ImportAutomationView:
    """An automation, and why it cannot work, if it cannot."""

    automation: ImportAutomation
    obstacle: Obstacle | None


class ImportAutomations:
    """The import automation of each index. There is at most one."""

    def __init__(
        self,
        documents: Documents,
        records: AutomationRecords,
        connections: Connections,
        presets: Presets,
        bucket_of: BucketOf,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._documents = documents
        self._records = records
        self._connections = connections
        self._presets = presets
        self._bucket_of = bucket_of
        self._now = now

    @property
    def bucket_of(self) -> BucketOf:
        """How this server names the bucket that announces the objects of a connector."""
        return self._bucket_of

    def get(self, caller: Caller, index_id: str) -> ImportAutomationView:
        """Read the automation of an index.

        Raises: NotFound: the index does not exist, or has no import automation.
        """
        visible_index(self._documents, caller.tenant_id, index_id)
        found, _ = self._records.find(caller.tenant_id, index_id)
        if found is None:
            raise NotFound("automation", index_id)
        return self._view(found)

    def every(self, caller: Caller) -> list[ImportAutomationView]:
        """List the automations of all indexes, in the order of their indexes' ids."""
        found = self._documents.every(ImportAutomation, keys.import_automation(caller.tenant_id))
        return self._views(caller.tenant_id, found)

    def save(
        self, caller: Caller, index_id: str, settings: ImportSettings, preset: GivenPreset | None
    ) -> ImportAutomationView:
        """Create the automation of an index, or replace its settings. Its id and its history stay.

        The prompt of the preset is frozen as it is now.

        Raises:
            NotFound: the index, the connector or the prompt does not exist.
            NotPermitted: the index is the default index.
            InvalidRequest: a field breaks a rule.
            Conflict: the connector is disabled or lacks the scope import.
        """
        caller.require_own(index_id)
        _check(settings)
        visible_index(self._documents, caller.tenant_id, index_id)
        connector = self._connections.find(caller.tenant_id, settings.connector_id, ConnectorScope.IMPORT)
        frozen = None if preset is None else self._presets.freeze(caller, preset, self._now())
        bucket = self._bucket_of(connector)

        def decide() -> Decision[ImportAutomation]:
            guard = unchanged_index_write(self._documents, caller.tenant_id, index_id)
            before, version = self._records.find(caller.tenant_id, index_id)
            after = self._saved(caller, index_id, before, settings, frozen, bucket)
            return Decision(after, [guard, *change_writes(before, after, expected_version=version)])

        saved = self._documents.transact(decide)
        self._records.announce(saved)
        return self._view(saved)

    def delete(self, caller: Caller, index_id: str) -> None:
        """Delete the automation of an index, with its history. An import that it has started goes on.

        Raises: NotFound: the index does not exist, or has no import automation. NotPermitted.
        """
        caller.require_own(index_id)
        visible_index(self._documents, caller.tenant_id, index_id)
        if not erase_import_automation(self._documents, caller.tenant_id, index_id):
            raise NotFound("automation", index_id)

    def pause(self, caller: Caller, index_id: str) -> ImportAutomationView:
        """Stop the automation until it is resumed. It keeps its settings. Raises: NotFound, NotPermitted."""
        return self._changed(caller, index_id, schedule.paused)

    def resume(self, caller: Caller, index_id: str) -> ImportAutomationView:
        """Resume a paused automation. What became due meanwhile is due now. Raises: NotFound,
        NotPermitted."""

        def resumed(automation: ImportAutomation) -> ImportAutomation:
            return schedule.resumed(automation, self._now()) if automation.paused else automation

        return self._changed(caller, index_id, resumed)

    def _changed(self, caller: Caller, index_id: str, change: Change) -> ImportAutomationView:
        caller.require_own(index_id)
        visible_index(self._documents, caller.tenant_id, index_id)

        def stamped(before: ImportAutomation) -> ImportAutomation:
            after = change(before)
            return after if after == before else after.model_copy(update={"updated_at": self._moment()})

        changed = self._records.change(caller.tenant_id, index_id, stamped)
        if changed is None:
            raise NotFound("automation", index_id)
        return self._view(changed)

    def _saved(
        self,
        caller: Caller,
        index_id: str,
        before: ImportAutomation | None,
        settings: ImportSettings,
        preset: PromptPreset | None,
        bucket: str | None,
    ) -> ImportAutomation:
        moment = self._moment()
        new = ImportAutomation(
            **settings.model_dump(),
            automation_id=ids.new_id(ids.AUTOMATION),
            tenant_id=caller.tenant_id,
            index_id=index_id,
            user_id=caller.user_id,
            prompt_preset=preset,
            watched_bucket=bucket,
            created_at=moment,
            updated_at=moment,
        )
        if before is None:
            return schedule.watched_anew(new, self._now())
        chosen = {*ImportSettings.model_fields, "user_id", "prompt_preset", "watched_bucket", "updated_at"}
        after = before.model_copy(update={name: getattr(new, name) for name in chosen})
        is_same_watch = (
            before.selection == after.selection
            and before.debounce_interval is after.debounce_interval
            and before.watched_bucket == after.watched_bucket
            and before.listing_at is not None
        )
        return schedule.scheduled(after) if is_same_watch else schedule.watched_anew(after, self._now())

    def _view(self, automation: ImportAutomation) -> ImportAutomationView:
        return self._views(automation.tenant_id, [automation])[0]

    def _views(self, tenant_id: str, automations: Sequence[ImportAutomation]) -> list[ImportAutomationView]:
        ids = [automation.connector_id for automation in automations]
        obstacles = connector_obstacles(self._documents, tenant_id, ids, ConnectorScope.IMPORT)
        return [ImportAutomationView(each, obstacles[each.connector_id]) for each in automations]

    def _moment(self) -> str:
        return isoformat(self._now())


def _check(settings: ImportSettings) -> None:
    """Raises: InvalidRequest: the prefix or the pattern is invalid."""
    check_prefix(settings.source_prefix, "source_prefix")
    FilePattern(settings.file_pattern, "file_pattern")
