"""Checks of import automations: the due work that looks for new objects and starts an import.

A check has two transactions. The first claims it: it stores the id of the check, and moves the due record to
the end of a lease. The second stores the outcome, and moves the due record to the next check. Between them,
the check lists the store and starts the import, whose seed is the id of the check. A check that is repeated
therefore finds the import that it has started before.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from ulid import ULID

from shared.domain import clock, keys
from shared.domain.automations import schedule
from shared.domain.automations.import_automation import ImportAutomation
from shared.domain.automations.outcome import AutomationAction, AutomationOutcome
from shared.domain.clock import isoformat
from shared.domain.connectors.connector import Connector, ConnectorScope
from shared.domain.due import Due
from shared.domain.errors import ConnectionFailed, DomainError, NotFound, Unavailable, WriteRejected
from shared.domain.imports.import_job import ImportJob
from shared.domain.media import Index
from shared.services.automations.automation_records import AutomationRecords, change_writes
from shared.services.automations.connector_state import connector_obstacle
from shared.services.automations.import_automations import BucketOf
from shared.services.automations.import_failures import passing_failures
from shared.services.automations.import_runs import ImportRuns
from shared.services.automations.import_starts import ImportStarts, caller_of
from shared.services.automations.listings import Listing, Listings, TooManyObjects
from shared.services.library.index_access import visible_index
from shared.services.records.automation_erasure import erase_automations, erase_import_automation
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_delete
from shared.services.records.transact import Decision

_Settlement = Callable[[ImportAutomation, AutomationOutcome, datetime], ImportAutomation]

_TRANSIENT = (Unavailable, WriteRejected)
"""Failures of this server, after which the check is repeated when its lease ends."""


class ImportChecks:
    """Does the due work of import automations."""

    def __init__(
        self,
        documents: Documents,
        records: AutomationRecords,
        listings: Listings,
        starts: ImportStarts,
        runs: ImportRuns,
        bucket_of: BucketOf,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._documents = documents
        self._records = records
        self._listings = listings
        self._starts = starts
        self._runs = runs
        self._bucket_of = bucket_of
        self._now = now
        self._lease = timedelta(seconds=listings.longest_seconds) + schedule.CHECK_MARGIN

    def handle(self, due: Due) -> bool:
        """Check an automation that is due. Return False if its store did not answer.

        A due record that has been handled or moved since has no effect.

        Raises: Unavailable, VersionConflict: the check is repeated when its lease ends.
        """
        found, _ = self._records.find(due.tenant_id, due.subject)
        if found is None:
            self._remove_remains(due)
            return True
        connector = self._connector(found)
        bucket = found.watched_bucket if connector is None else self._bucket_of(connector)
        decided = self._documents.transact(lambda: self._claim(due, found.connector_id, bucket))
        if decided is None:
            return True
        if decided.check_id is None or decided.due_at is None:
            self._records.announce(decided)
            return True
        try:
            self._check(decided)
        except _TRANSIENT:
            raise
        except TooManyObjects as error:
            self._settle(decided, schedule.check_failed, self._nothing(error.code, str(error)))
        except DomainError as error:
            self._fail(decided, error)
            return not isinstance(error, ConnectionFailed)
        return True

    def _claim(self, due: Due, connector_id: str, bucket: str | None) -> Decision[ImportAutomation | None]:
        """Claim an automation that is due. ``bucket`` is the one that announces the objects of the connector
        now: an archive that was moved may have had another."""
        before, version = self._records.find(due.tenant_id, due.subject)
        if before is None:
            return Decision(None)
        if before.due != due:
            return Decision(None, [due_delete(due)] if self._documents.get(Due, due.key) else [])
        moment, next_at = self._now(), before.next_check_at
        if before.check_id is None and (next_at is None or next_at > isoformat(moment)):
            after = schedule.scheduled(before)
        else:
            after = schedule.check_begun(before, moment, str(ULID()), self._lease)
            if before.connector_id == connector_id:
                after.watched_bucket = bucket
        return Decision(after, change_writes(before, after, expected_version=version))

    def _connector(self, automation: ImportAutomation) -> Connector | None:
        key = keys.connector(automation.tenant_id, automation.connector_id)
        return self._documents.get(Connector, key)

    def _check(self, begun: ImportAutomation) -> None:
        if (started := self._starts.find(begun)) is not None:
            self._import_begun(begun, started, None)
            return
        last = self._starts.last(begun)
        if last is not None and not last.status.is_terminal:
            message = f"The import {last.job_id} is still at work."
            self._settle(begun, schedule.check_failed, self._nothing("import_at_work", message))
            return
        if last is not None:
            self._runs.follow(last)
            begun = self._with_failures(begun, last)
        if self._is_hindered(begun):
            return
        is_announced = begun.ready_at is not None and begun.ready_at <= isoformat(self._now())
        listing = None if is_announced else self._listings.list(caller_of(begun), begun, last_import=last)
        if listing is not None:
            if listing.unseen:
                self._listings.keep(begun, begun.check_id or "", listing)
            if not listing.new:
                self._nothing_found(begun, listing)
                return
        self._import_begun(begun, self._starts.start(begun), listing)

    def _with_failures(self, begun: ImportAutomation, last: ImportJob) -> ImportAutomation:
        """Count the files that failed in the last import, so that a listing takes them for new."""
        if begun.failed.job_id == last.job_id:
            return begun
        failed = begun.failed.counted(last.job_id, passing_failures(self._documents, last))

        def counted(automation: ImportAutomation) -> ImportAutomation:
            return schedule.failures_counted(automation, begun, failed)

        self._records.change(begun.tenant_id, begun.index_id, counted)
        return begun.model_copy(update={"failed": failed})

    def _is_hindered(self, begun: ImportAutomation) -> bool:
        """Store why a check cannot be done. Return whether there is a reason."""
        try:
            visible_index(self._documents, begun.tenant_id, begun.index_id)
        except NotFound:
            self._settle(begun, schedule.ended, self._nothing("index_deleted", "The index was deleted."))
            return True
        obstacle = connector_obstacle(
            self._documents, begun.tenant_id, begun.connector_id, ConnectorScope.IMPORT
        )
        if obstacle is None:
            return False
        change = schedule.ended if obstacle.code == "connector_deleted" else schedule.check_failed
        self._settle(begun, change, self._nothing(obstacle.code, obstacle.message))
        return True

    def _import_begun(self, begun: ImportAutomation, job: ImportJob, listing: Listing | None) -> None:
        """Store that a check has started an import. ``listing`` None: it has listed nothing, or an
        interrupted check has, which stored what it saw."""
        moment = self._now()
        outcome = self._outcome(AutomationAction.IMPORT_STARTED, import_job_id=job.job_id)

        def change(automation: ImportAutomation) -> ImportAutomation:
            after = schedule.import_begun(automation, begun, outcome, moment)
            is_current = automation.check_id == begun.check_id
            return _with_seen(after, begun) if is_current and self._has_listed(begun, listing) else after

        self._runs.expect(job)
        self._changed(begun, change)

    def _nothing_found(self, begun: ImportAutomation, listing: Listing) -> None:
        outcome = self._nothing("nothing_new", "There is no new file.")

        def change(automation: ImportAutomation) -> ImportAutomation:
            if automation.check_id != begun.check_id:
                return automation
            after = schedule.nothing_found(automation, outcome, self._now())
            return _with_seen(after, begun) if listing.unseen else after

        self._changed(begun, change)

    def _fail(self, begun: ImportAutomation, error: DomainError) -> None:
        self._settle(begun, schedule.check_failed, self._nothing(error.code, error.message))

    def _settle(
        self,
        begun: ImportAutomation,
        change: _Settlement,
        outcome: AutomationOutcome,
    ) -> None:
        """Store an outcome, unless the automation was saved with another selection meanwhile."""

        def settled(automation: ImportAutomation) -> ImportAutomation:
            if automation.check_id != begun.check_id:
                return automation
            return change(automation, outcome, self._now())

        self._changed(begun, settled)

    def _changed(
        self, begun: ImportAutomation, change: Callable[[ImportAutomation], ImportAutomation]
    ) -> None:
        after = self._records.change(begun.tenant_id, begun.index_id, change)
        if after is not None and after.seen_id != begun.seen_id:
            self._listings.remove_others(after)

    def _has_listed(self, begun: ImportAutomation, listing: Listing | None) -> bool:
        if listing is not None:
            return True
        part = keys.seen_objects(begun.tenant_id, begun.index_id, begun.check_id or "", 0)
        return self._documents.records.get(part) is not None

    def _remove_remains(self, due: Due) -> None:
        """Remove the due record, and what a check stored while its automation was deleted."""
        index = self._documents.get(Index, keys.index(due.tenant_id, due.subject))
        erase = erase_automations if index is None or index.deleting else erase_import_automation
        erase(self._documents, due.tenant_id, due.subject)
        self._documents.write(due_delete(due))

    def _nothing(self, code: str, message: str) -> AutomationOutcome:
        return self._outcome(AutomationAction.NOTHING, code=code, message=message)

    def _outcome(
        self,
        action: AutomationAction,
        *,
        code: str | None = None,
        message: str | None = None,
        import_job_id: str | None = None,
    ) -> AutomationOutcome:
        at = isoformat(self._now())
        return AutomationOutcome(
            action=action, at=at, first_at=at, code=code, message=message, import_job_id=import_job_id
        )


def _with_seen(automation: ImportAutomation, begun: ImportAutomation) -> ImportAutomation:
    return automation.model_copy(update={"seen_id": begun.check_id})
